"""What ``millwright plan`` and ``millwright drift`` print and end with; the looks are in tests/fleet."""

import json

import pytest

from millwright.adapters.ansible.events import ApplyResult, FileChange, HostCounts
from millwright.cli.change import drift as drift_command
from millwright.cli.change import plan as plan_command
from millwright.cli.main import run
from millwright.core.places import shipped_facilities
from millwright.fleet.look.drift import DriftReport, Told
from millwright.fleet.look.finding import HostLook
from millwright.fleet.look.plan import Plan
from millwright.fleet.look.survey import Drift, Need, Survey

NODES = tuple(f"rack-c{number}" for number in range(1, 3001))


@pytest.fixture
def report(monkeypatch, tmp_path):
    def pretend(**lists):
        found = DriftReport(NODES, 90_000, **{**dict.fromkeys(LISTS, ()), **lists})
        monkeypatch.setattr(drift_command, "find_drift", lambda *_: found)
        monkeypatch.setattr(drift_command, "state_folder", lambda name: tmp_path / name)

    return pretend


LISTS = (
    *("differences", "untested", "unreachable", "never_converged"),
    *("outdated", "unseen", "proved", "undeclared"),
)


def test_thousands_of_equal_hosts_are_one_line(report, capsys):
    report(differences=(Told(NODES, "base", "/etc/hosts", "[bold]the content differs[/bold]"),))
    assert run(["drift", "rack"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "differs: rack-c[1-3000]: base: /etc/hosts: [bold]the content differs[/bold]"
    assert len(lines) < 5


def test_what_a_role_left_behind_is_told(report, capsys):
    report(left=(Told(NODES, "directory", "service sssd"),))
    run(["drift", "rack"])
    assert "left behind: rack-c[1-3000]: directory: service sssd" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        ({}, 0),
        ({"unseen": (Told(NODES, "a", "Ensure b"),)}, 0),
        ({"left": (Told(NODES, "directory", "service sssd"),)}, 0),
        ({"never_converged": ("rack-c1",)}, 3),
        ({"unreachable": (Told(("rack-c1",), "", "the host", "no route"),)}, 3),
        ({"differences": (Told(NODES, "a", "b"),), "never_converged": ("rack-c1",)}, 1),
    ],
)
def test_how_drift_ends(report, capsys, lists, code):
    report(**lists)
    assert run(["drift", "rack", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["exit_code"] == code


def test_a_grant_that_is_still_open_is_told_with_the_command_that_says_more(report, capsys):
    report(undeclared=(Told(("rack-ctl",), "slurm_accounts", "open grants", "tide"),))
    assert run(["drift", "rack"]) == 0
    out = capsys.readouterr().out
    assert "not declared: rack-ctl: slurm_accounts: open grants: tide" in out
    assert "millwright accounts diff rack says more" in out


LOOK = HostLook("rack-c1", is_reached=True)
NOTHING = ApplyResult((), (), (), status=0, log=None, seconds=0)


@pytest.fixture
def plan(monkeypatch, tmp_path):
    def pretend(survey, check=NOTHING):
        monkeypatch.setattr(plan_command, "make_plan", lambda *_, **__: Plan(NODES, survey, check))
        monkeypatch.setattr(plan_command, "state_folder", lambda name: tmp_path / name)

    return pretend


def test_a_plan_that_changes_nothing_says_so(plan, capsys):
    plan(Survey({}, {"rack-c1": LOOK}, (), ()))
    assert run(["plan", "rack", "--fail-on-change"]) == 0
    assert "an apply would change nothing; nothing was touched" in " ".join(capsys.readouterr().out.split())


def test_a_change_is_no_failure_unless_asked(plan, capsys):
    drift = Drift("rack-c1", "base", "/etc/a", "mode", "0644", "0600")
    check = ApplyResult(
        (HostCounts("rack-c1", 5, 1, 0, 0),),
        (),
        (FileChange("base : Ensure a", "-x\n+y", ("rack-c1",)),),
        0,
        None,
        1,
    )
    plan(Survey({}, {"rack-c1": LOOK}, (drift,), (Need("rack-c1", "", {"base": "the host differs"}),)), check)
    assert run(["plan", "rack"]) == 0
    out = capsys.readouterr().out
    assert "differs: rack-c1: base: /etc/a: mode: 0644 → 0600" in out
    assert "+y" in out
    assert "checked by Ansible: rack-c1: base: the host differs" in out
    assert run(["plan", "rack", "--fail-on-change"]) == 1
    capsys.readouterr()
    assert run(["plan", "rack", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["would_change"] is True
    assert found["would_change_tasks"] == {"rack-c1": 1}


def test_a_plan_with_a_host_that_is_not_there_could_not_be_made(plan, capsys):
    plan(Survey({}, {"rack-c1": HostLook.unreached("rack-c1", "no route")}, (), ()))
    assert run(["plan", "rack"]) == 3
    out = " ".join(capsys.readouterr().out.split())
    assert "unreachable: rack-c1: the host: no route" in out
    assert "would change nothing" not in out
    assert "what an apply would change is not known" in out


def test_a_facility_that_ansible_provisions_nothing_of_says_so(capsys):
    assert run(["drift", "workstation"]) == 0
    assert "no host that Ansible provisions" in capsys.readouterr().out


def test_of_a_cluster_that_is_adopted_role_by_role_it_says_which_roles_are_seen(report, tmp_path, capsys):
    file = tmp_path / "facility.yaml"
    shipped = shipped_facilities()["rack"].read_text()
    file.write_text(shipped.replace("plugin: facility\n", "plugin: facility\nmanages: [base]\n", 1))
    report()
    assert run(["drift", str(file)]) == 0
    assert "Seen is what these roles declare, and nothing else: base." in capsys.readouterr().out
    assert run(["drift", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["manages"] == ["base"]
    assert run(["drift", "rack"]) == 0
    assert "these roles" not in capsys.readouterr().out
