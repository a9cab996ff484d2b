"""The demo's chain, through its command."""

import re
import sys

import pytest

from millwright.app.site import demo
from millwright.cli import main
from millwright.core.errors import ExitCode


def fake_runner(monkeypatch, codes: dict[str, int]) -> list[str]:
    seen: list[str] = []

    def run(arguments):
        seen.append(" ".join(arguments))
        return codes.get(arguments[0], 0)

    monkeypatch.setattr(demo, "run_command", run)
    monkeypatch.setattr(demo, "count_missing", lambda _: 0)
    return seen


def test_what_was_not_measured_shows_in_the_exit_code(monkeypatch, capsys):
    fake_runner(monkeypatch, {"run": 3, "report": 3})
    monkeypatch.setattr(demo, "count_missing", lambda _: 2)
    assert main.run(["demo", "--facility", "rack"]) == ExitCode.NOT_TESTED
    assert "2 expected values were not measured" in capsys.readouterr().err


def test_a_verdict_alone_is_no_failure_of_the_chain(monkeypatch):
    fake_runner(monkeypatch, {"run": 1, "report": 1})
    assert main.run(["demo", "--facility", "rack"]) == ExitCode.OK


def test_the_chain_runs_in_order(monkeypatch):
    seen = fake_runner(monkeypatch, {})
    assert main.run(["demo", "--facility", "rack"]) == 0
    assert seen[:6] == [
        "facility check rack",
        "rack up",
        "apply rack --canary 0",
        "antenna apply rack",
        "antenna check rack",
        "run rack",
    ]
    assert seen[6].startswith("report rack")


def test_a_workstation_is_measured_but_not_provisioned(monkeypatch):
    seen = fake_runner(monkeypatch, {})
    assert main.run(["demo", "--facility", "workstation"]) == 0
    assert not {"apply", "rack", "antenna"} & {line.split()[0] for line in seen}


@pytest.mark.parametrize("code", [ExitCode.FAIL, ExitCode.BAD_INPUT, ExitCode.NOT_TESTED])
def test_a_broken_step_stops_the_chain_with_its_code(monkeypatch, code):
    seen = fake_runner(monkeypatch, {"apply": code})
    assert main.run(["demo", "--facility", "rack"]) == code
    assert seen[-1] == "apply rack --canary 0"


def test_a_killed_step_stops_the_chain(monkeypatch):
    fake_runner(monkeypatch, {"apply": -9})
    assert main.run(["demo", "--facility", "rack"]) == ExitCode.FAIL


def test_bad_input_to_the_run_is_no_verdict(monkeypatch):
    seen = fake_runner(monkeypatch, {"run": 2})
    assert main.run(["demo", "--facility", "rack"]) == 2
    assert seen[-1] == "run rack"


def test_without_the_rack_it_says_what_is_missing_and_measures_this_machine(monkeypatch, capsys):
    seen = fake_runner(monkeypatch, {})
    monkeypatch.setattr(demo, "find_missing", lambda: ("root", "systemd-nspawn"))
    assert main.run(["demo"]) == 0
    assert seen[0] == "facility check workstation"
    assert "root; systemd-nspawn" in capsys.readouterr().err


CHILD = "import sys, time; print('begun', flush=True); time.sleep(1); sys.stderr.write('ended'); sys.exit(3)"


def test_a_silent_step_shows_that_it_runs(monkeypatch, capfd):
    """Without a terminal; both streams of the command go where they would have gone."""
    monkeypatch.setattr(demo, "QUIET_S", 0.2)
    monkeypatch.setattr(demo, "command_line", lambda _: [sys.executable, "-c", CHILD])
    assert demo.run_command(["apply"]) == 3
    out, err = capfd.readouterr()
    assert out == "begun\n"
    assert re.search(r"… \d s\n.*ended\Z", err, re.DOTALL)


def test_the_end_says_how_long_each_step_took(monkeypatch, capsys):
    fake_runner(monkeypatch, {})
    assert main.run(["demo", "--facility", "rack"]) == 0
    assert re.search(r"rack up \d+ s, apply rack \d+ s, antenna apply \d+ s", capsys.readouterr().err)


def test_another_facility_is_no_demo(monkeypatch, capsys):
    seen = fake_runner(monkeypatch, {})
    assert main.run(["demo", "--facility", "rak"]) == ExitCode.BAD_INPUT
    assert "rack or workstation; did you mean rack?" in capsys.readouterr().err
    assert seen == []
