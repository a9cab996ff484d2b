"""Rotating the MUNGE key: what is refused before anything runs, and what a run came to."""

from pathlib import Path

import pytest

from millwright.adapters.ansible.events import ApplyResult, Failure, HostCounts
from millwright.app.change import munge
from millwright.app.context import Context
from millwright.core.errors import BadInputError
from millwright.core.places import shipped_facilities


def host(name, **counts):
    return HostCounts(name, **{"ok": 1, "changed": 1, "failed": 0, "unreachable": 0} | counts)


def test_equal_reasons_of_many_hosts_are_given_once(monkeypatch):
    failures = tuple(Failure(name, "task", "Not every host could be reached") for name in "ab")
    hosts = (host("a", failed=1), host("b", failed=1), host("c", unreachable=1))
    result = ApplyResult(hosts, failures, (), status=2, log=Path("/log"), seconds=1.0)
    monkeypatch.setattr(munge, "apply", lambda *_, **__: result)
    found = munge.rotate_munge_key(Context(), "rack")
    assert found.reasons == ("Not every host could be reached",)
    assert found.unreachable == ("c",)
    assert (found.exit_code, found.hosts) == (result.exit_code, 3)


def test_a_facility_without_slurm_has_no_key_to_rotate(monkeypatch):
    monkeypatch.setattr(munge, "apply", lambda *_, **__: pytest.fail("something was run"))
    with pytest.raises(BadInputError, match="no host of this facility has a MUNGE key"):
        munge.rotate_munge_key(Context(), "workstation")


def test_a_facility_that_does_not_manage_munge_keeps_its_key(tmp_path, monkeypatch):
    monkeypatch.setattr(munge, "apply", lambda *_, **__: pytest.fail("something was run"))
    shipped = shipped_facilities()["rack"].read_text()
    file = tmp_path / "facility.yaml"
    file.write_text(shipped.replace("plugin: facility\n", "plugin: facility\nmanages: [base]\n", 1))
    with pytest.raises(BadInputError, match="munge may not change this cluster"):
        munge.rotate_munge_key(Context(), str(file))
