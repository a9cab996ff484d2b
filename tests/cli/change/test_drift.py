"""``millwright drift``: what is printed, and the exit code."""

import json

import pytest

from millwright.app.change.drift import Drift
from millwright.app.change.findings import Finding
from millwright.cli.change import drift
from millwright.cli.main import run

LISTS = ("differences", "untested", "unreachable", "outdated", "unseen", "proved", "left", "undeclared")
NONE = Drift(
    **dict.fromkeys(LISTS, ()),
    facility="rack",
    exit_code=0,
    hosts=3000,
    things=90_000,
    never_converged=(),
    manages=None,
    seconds=1.25,
    accounts_hint="",
)
SHARED = Finding(hosts=("n1", "n2"), nodes="n[1-2]", role="base", what="/etc/hosts", detail="it differs")


@pytest.fixture
def found(monkeypatch):
    def pretend(**changes):
        outcome = NONE.model_copy(update=changes)
        monkeypatch.setattr(drift, "look_for_drift", lambda *_, **__: outcome)
        return outcome

    return pretend


def test_each_list_has_its_title(found, capsys):
    found(exit_code=1, never_converged=("n3",), **dict.fromkeys(LISTS, (SHARED,)))
    assert run(["drift", "rack"]) == 1
    lines = capsys.readouterr().out.splitlines()
    titles = ["differs", *["could not be looked at"] * 2, "never converged", "left behind"]
    titles += ["out of date", "not declared", "unseen", "seen through its proof"]
    assert [line.split(":")[0] for line in lines[:-1]] == titles
    assert lines[0] == "differs: n[1-2]: base: /etc/hosts: it differs"
    counts = "rack: 90000 things on 2997 of 3000 hosts looked at, 2 differ; 1.2 s."
    assert lines[-1] == counts


def test_a_grant_that_is_still_open_comes_with_the_command_that_shows_more(found, capsys):
    found(undeclared=(SHARED,), accounts_hint="millwright accounts diff rack")
    assert run(["drift", "rack"]) == 0
    assert "millwright accounts diff rack says more" in capsys.readouterr().out


def test_roles_are_named_if_not_all_may_change_the_cluster(found, capsys):
    found(manages=("base", "slurm"))
    run(["drift", "rack"])
    assert "Only what these roles declare was compared: base, slurm." in capsys.readouterr().out
    found(manages=())
    run(["drift", "rack"])
    assert "none (manages: [])" in capsys.readouterr().out
    found()
    run(["drift", "rack"])
    assert "these roles" not in capsys.readouterr().out


def test_json_is_the_document(found, capsys):
    outcome = found(exit_code=3, unreachable=(SHARED,))
    assert run(["drift", "rack", "--json"]) == 3
    assert Drift(**json.loads(capsys.readouterr().out)) == outcome


def test_a_facility_that_ansible_provisions_nothing_of(capsys):
    assert run(["drift", "workstation"]) == 0
    assert "no host that Ansible provisions" in capsys.readouterr().out
