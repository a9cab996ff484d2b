"""``millwright nodes``: what is printed, the options, and the exit code."""

import json
import subprocess
import sys

import pytest

from millwright.app.change import commission
from millwright.app.change.maintenance_report import CommissionReport
from millwright.app.change.nodes import NodesDrained, NodesResumed, NodesStatus, NodeState
from millwright.cli.change import nodes
from millwright.cli.main import run


def state(node, **values):
    return NodeState(
        **{
            "partitions": ("cpu",),
            "state": "idle",
            "owner": "",
            "since": "",
            "reason": "",
            "health": "responds",
        }
        | values,
        node=node,
    )


STATUS = NodesStatus(
    facility="rack",
    exit_code=3,
    nodes=(
        state("rack-c1"),
        state("rack-c2", owner="root", state="idle+drain", reason="[red]fan[/] } $(id)"),
        state("rack-r1", health="lost"),
    ),
)
DRAINED = NodesDrained(facility="rack", exit_code=1, drained=("n1", "n2"), left={"n3": "drained by root"})
RESUMED = NodesResumed(facility="rack", exit_code=0, resumed=("n1",), left={})


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def answering(outcome):
        def answer(_context, *arguments, **options):
            calls.append((*arguments, *options.items()))
            return outcome

        return answer

    monkeypatch.setattr(nodes, "nodes_status", answering(STATUS))
    monkeypatch.setattr(nodes, "drain_nodes", answering(DRAINED))
    monkeypatch.setattr(nodes, "resume_nodes", answering(RESUMED))
    report = CommissionReport(
        facility="rack", run_id="r1", exit_code=3, stopped="", nodes=(), folder="/r1", next_step="Again."
    )
    monkeypatch.setattr(commission, "commission_nodes", answering(report))
    return calls


def test_one_line_a_node_with_the_owner_of_its_drain(asked, capsys):
    assert run(["nodes", "status", "rack", "cpu"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["node", "rack-c1", "rack-c2", "rack-r1"]
    assert "root" in lines[2]
    assert "[red]fan[/] } $(id)" in lines[2]
    assert asked == [("rack", "cpu")]


def test_many_nodes_of_equal_state_share_a_line(monkeypatch, capsys):
    many = tuple(state(f"n{number}") for number in range(1, 3001))
    found = STATUS.model_copy(update={"nodes": (*many, state("n3001", health="faulty"))})
    monkeypatch.setattr(nodes, "nodes_status", lambda *_: found)
    run(["nodes", "status", "rack"])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "node",
        "n[1-3000]",
        "n3001",
    ]


def test_drains_and_resumes_name_nodes_and_those_left_alone(asked, capsys):
    assert run(["nodes", "drain", "rack", "cpu", "--reason", "loud; $(reboot)"]) == 1
    assert capsys.readouterr().out.splitlines() == ["drained: n[1-2]", "left alone: n3, drained by root"]
    assert run(["nodes", "resume", "rack", "n1", "--force-owner", "root"]) == 0
    assert capsys.readouterr().out == "resumed: n1\n"
    assert asked == [("rack", "cpu", "loud; $(reboot)"), ("rack", "n1", "root")]


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        (["status", "rack"], STATUS),
        (["drain", "rack", "cpu", "--reason", "x"], DRAINED),
        (["resume", "rack", "cpu"], RESUMED),
    ],
)
def test_json_is_the_document(asked, arguments, outcome, capsys):
    assert run(["nodes", *arguments, "--json"]) == outcome.exit_code
    assert type(outcome)(**json.loads(capsys.readouterr().out)) == outcome


def test_commissioning_passes_its_options_on(asked, capsys):
    options = ["--jobs-limit-min", "5", "--threshold", "0", "--results-dir", "res", "--force-owner", "root"]
    assert run(["nodes", "commission", "rack", "n1", "--admit-inconclusive", *options]) == 3
    assert "Again." in capsys.readouterr().out
    given = {"jobs_limit_min": 5, "admit_inconclusive": True, "threshold": 0.0, "results_dir": "res"}
    assert asked == [("rack", "n1", given, ("force_owner", "root"))]
    assert run(["nodes", "commission", "rack", "n1", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["format"] == "millwright-nodes-commission/1"
    assert set(asked[-1][2].values()) == {None}


def test_a_facility_without_slurm_can_not_be_asked(capsys):
    assert run(["nodes", "status", "workstation"]) == 3
    assert "no services" in capsys.readouterr().err


def test_the_status_does_not_wait_for_scipy():
    code = "import sys, millwright.cli.change.nodes as _; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
