"""What ``millwright munge rotate`` says of a run."""

from pathlib import Path

import pytest

from millwright.cli import munge
from millwright.cli.munge import told
from millwright.errors import BadInputError
from millwright.facility.places import shipped_facilities
from millwright.readers.ansible_events import ApplyResult, Failure, HostCounts

LOG = Path("/log")


def host(name, **counts):
    return HostCounts(name, **{"ok": 1, "changed": 1, "failed": 0, "unreachable": 0} | counts)


def test_all_hosts_have_the_key():
    result = ApplyResult((host("a"), host("b")), (), (), status=0, log=LOG, seconds=1.0)
    assert told(result, "rack") == ["rack: 2 hosts have the new key, and know each other by it.", "log: /log"]


def test_equal_reasons_of_many_hosts_stand_once_beside_who_was_not_reached():
    reason = "Not every host could be reached"
    failures = tuple(Failure(name, "task", reason) for name in "ab")
    hosts = (host("a", failed=1), host("b", failed=1), host("c", unreachable=1))
    result = ApplyResult(hosts, failures, (), status=2, log=LOG, seconds=1.0)
    assert told(result, "rack") == [reason, "not reached: c", "log: /log"]


def test_a_facility_without_slurm_has_no_key_to_rotate(monkeypatch):
    monkeypatch.setattr(munge, "apply", lambda *_, **__: pytest.fail("something was run"))
    with pytest.raises(BadInputError, match="no host of this facility has a MUNGE key"):
        munge.rotate("workstation")


def test_a_facility_that_does_not_manage_munge_keeps_its_key(tmp_path, monkeypatch):
    monkeypatch.setattr(munge, "apply", lambda *_, **__: pytest.fail("something was run"))
    shipped = shipped_facilities()["rack"].read_text()
    file = tmp_path / "facility.yaml"
    file.write_text(shipped.replace("plugin: facility\n", "plugin: facility\nmanages: [base]\n", 1))
    with pytest.raises(BadInputError, match="munge may not change this cluster"):
        munge.rotate(str(file))
