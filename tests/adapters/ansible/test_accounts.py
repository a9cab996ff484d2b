"""What the module found, as the command tells it."""

import datetime
import json
from pathlib import Path

import pytest

from millwright.adapters.ansible import accounts as slurm_accounting
from millwright.adapters.ansible.events import ApplyResult, Failure, HostCounts
from millwright.core.errors import BadInputError, FailedError, NotTestableError
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility

NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
TOLD = {
    "differences": [
        {"kind": "qos", "name": "playground", "field": "priority", "found": "7", "wanted": "100"}
    ],
    "undeclared": [["account", "tide"]],
    "open_grants": [
        {
            "name": "tide",
            "access_modes": "playground",
            "granted": "billing=60000000000",
            "users": ["bea"],
            "delete": ["account=tide", "user=bea"],
        }
    ],
    "losses": [],
    "not_there": [],
    "commands": [["modify", "qos", "where", "name=playground", "set", "priority=100"]],
    "changed": True,
    "diff": {},
}


def compare(monkeypatch, tmp_path, apply, delete=(), name="rack"):
    monkeypatch.setattr(slurm_accounting, "apply", apply)
    file = shipped_facilities()[name]
    return slurm_accounting.compare_accounting(
        file,
        load_facility(file),
        delete=delete,
        check=True,
        state=tmp_path,
        now=NOW,
        on_event=lambda _: None,
    )


def result(counts, *failures):
    return ApplyResult((HostCounts("rack-ctl", *counts),), failures, (), status=0, log=None, seconds=1)


def test_what_the_module_told_comes_back(monkeypatch, tmp_path):
    given = {}

    def apply(file, facility, options, **_):
        given.update(options.variables, check=options.check)
        with Path(options.variables["slurm_accounts_report"]).open("w") as stream:
            json.dump(TOLD, stream)
        return result((1, 1, 0, 0))

    report = compare(monkeypatch, tmp_path, apply, ["account=tide"])
    assert report.differences == (slurm_accounting.Difference("qos", "playground", "priority", "7", "100"),)
    assert report.undeclared == (("account", "tide"),)
    assert [(grant.name, grant.delete) for grant in report.open_grants] == [
        ("tide", ("account=tide", "user=bea"))
    ]
    assert not report.is_as_declared
    assert (given["slurm_accounts_delete"], given["check"]) == (["account=tide"], True)


@pytest.mark.parametrize(("counts", "error"), [((1, 0, 1, 0), FailedError), ((0, 0, 0, 1), NotTestableError)])
def test_a_refusal_is_a_failure_and_a_silent_controller_is_none(monkeypatch, tmp_path, counts, error):
    failure = Failure("rack-ctl", "Ensure access modes", "account tide: 1 jobs wait or run (7)")
    with pytest.raises(error, match="1 jobs wait or run"):
        compare(monkeypatch, tmp_path, lambda *_, **__: result(counts, failure))


@pytest.mark.parametrize(
    "text", ["banana", "account=", "account=a b", "association=ada", "qos=$(id)", "account=a;b"]
)
def test_what_names_nothing_to_delete_is_refused_before_anything_runs(monkeypatch, tmp_path, text):
    with pytest.raises(BadInputError, match="names nothing that can be deleted"):
        compare(monkeypatch, tmp_path, None, [text])


def test_a_facility_without_slurm_has_no_accounting(monkeypatch, tmp_path):
    with pytest.raises(BadInputError, match="there is no accounting"):
        compare(monkeypatch, tmp_path, None, name="workstation")


def test_granted_hours_are_told_in_hours():
    assert slurm_accounting.readable("billing=60000000000") == "1000 hours"
    assert slurm_accounting.readable("billing=60,cpu=1") == "billing=60,cpu=1"
    assert slurm_accounting.readable("") == "none"
