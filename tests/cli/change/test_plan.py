"""``millwright plan``: what is printed, the options, and the exit code."""

import json

import pytest

from millwright.app.change.findings import Finding
from millwright.app.change.host_changes import TaskChange, TaskFailure
from millwright.app.change.plan import PlanReport
from millwright.cli.change import plan
from millwright.cli.main import run

LOST = Finding(hosts=("rack-c9",), nodes="rack-c9", role="", what="the host", detail="no route")
OUTCOME = PlanReport(
    facility="rack",
    exit_code=3,
    conclusion="rack: as concluded.",
    would_change=True,
    hosts=3000,
    looked_at=2000,
    checked_by_ansible=1000,
    reasons=(Finding(hosts=(), nodes="rack-c1", role="base", what="", detail="it differs"),),
    differences=(Finding(hosts=(), nodes="rack-c1", role="base", what="/etc/a", detail="[red]x[/]"),),
    changes=(TaskChange(task="base : Ensure a", text="-x\n+y", hosts=("rack-c1", "rack-c2")),),
    would_change_tasks={"rack-c1": 2, "rack-c2": 2, "rack-c3": 1},
    failures=(TaskFailure(host="rack-c4", task="Ensure b", message="[bold]no[/bold]"),),
    unreachable=(LOST,),
    log=None,
)


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def plan_changes(_context, facility, **options):
        calls.append((facility, options))
        return OUTCOME

    monkeypatch.setattr(plan, "plan_changes", plan_changes)
    return calls


def test_the_plan_is_printed_and_its_exit_code_returned(asked, capsys):
    assert run(["plan", "rack"]) == 3
    assert capsys.readouterr().out.splitlines() == [
        "differs: rack-c1: base: /etc/a: [red]x[/]",
        "rack-c[1-2]: base : Ensure a",
        "-x",
        "+y",
        "rack-c3: 1 tasks would change something",
        "rack-c[1-2]: 2 tasks would change something",
        "rack-c4: Ensure b: [bold]no[/bold]",
        "unreachable: rack-c9: the host: no route",
        "checked by Ansible: rack-c1: base: it differs",
        "rack: 2000 of 3000 hosts looked at, 1000 checked by Ansible.",
        "rack: as concluded.",
    ]


def test_options_are_passed_on(asked):
    run(["plan", "rack", "--limit", "rack-c[1-2]", "--fail-on-change"])
    run(["plan", "rack"])
    assert asked == [
        ("rack", {"limit": "rack-c[1-2]", "fail_on_change": True}),
        ("rack", {"limit": "", "fail_on_change": False}),
    ]


def test_json_is_the_document(asked, capsys):
    assert run(["plan", "rack", "--json"]) == 3
    assert PlanReport(**json.loads(capsys.readouterr().out)) == OUTCOME
