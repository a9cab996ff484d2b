"""``millwright maintain``: the options, the text and the exit code."""

import json
from pathlib import Path

import pytest

from millwright.app.change.maintenance_report import MaintenanceReport, NodeReport
from millwright.cli.change import maintain
from millwright.cli.main import run

REPORT = MaintenanceReport(
    facility="rack",
    run_id="r1",
    exit_code=3,
    stopped="",
    nodes=(NodeReport(node="n1", wave="w1", fate="held", message="too few", verdict="INCONCLUSIVE"),),
    folder="/r1",
    next_step="millwright maintain rack --resume goes on.",
)


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def maintain_nodes(_context, facility, nodes, options, **rest):
        calls.append((facility, nodes, {k: v for k, v in options.items() if v is not None}, rest))
        return REPORT

    monkeypatch.setattr(maintain, "maintain_nodes", maintain_nodes)
    return calls


def test_the_outcome_is_printed_with_the_command_that_goes_on(asked, capsys):
    assert run(["maintain", "rack", "cpu"]) == 3
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == ["n1 held INCONCLUSIVE too few", "millwright maintain rack --resume goes on."]
    assert run(["maintain", "rack", "cpu", "--json"]) == 3
    assert MaintenanceReport(**json.loads(capsys.readouterr().out)) == REPORT


def test_options_are_passed_on_and_none_is_given_by_default(asked):
    options = ["--jobs-limit-min", "0", "--give-back-busy", "--no-checks", "--admit-inconclusive"]
    options += [
        "--threshold",
        "0.1",
        "--canary",
        "0",
        "--wave-size",
        "8",
        "--by",
        "size",
        "--max-failed",
        "5%",
    ]
    options += ["--max-failed-wave", "2", "--resume", "--results-dir", "res"]
    run(["maintain", "rack", "n[1-2]", *options])
    run(["maintain", "rack"])
    given = {"jobs_limit_min": 0, "give_back_busy": True, "no_checks": True, "admit_inconclusive": True}
    given |= {"threshold": 0.1, "canary": 0, "wave_size": 8, "group_by": "size", "max_failed": "5%"}
    given |= {"max_failed_wave": "2", "results_dir": str(Path("res").absolute())}
    assert asked == [("rack", "n[1-2]", given, {"resume": True}), ("rack", "", {}, {"resume": False})]


def test_maintenance_needs_nodes(capsys):
    assert run(["maintain", "rack"]) == 2
    assert "NODES: -: missing" in capsys.readouterr().err
