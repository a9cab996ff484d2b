"""The rack's commands without a rack: what is reported, and how a program on a node is started."""

import subprocess
from pathlib import Path

import pytest

from millwright.app.context import Context
from millwright.app.site import rack as module
from millwright.core.errors import BadInputError, ExitCode, NotTestableError
from millwright.rack.status import NodeStatus, RackStatus, State

BENCH = Path(__file__).parents[2] / "rack" / "data" / "bench-rack.yaml"


@pytest.fixture
def facility(tmp_path, monkeypatch):
    """A virtual facility that was never started, in a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "facility.yaml"
    path.write_text(BENCH.read_text().replace("name: bench-rack", "name: nowhere"))
    return str(path)


def found(state):
    nodes = (
        NodeStatus("bench-a", "10.0.0.1", State.RUNNING),
        NodeStatus("bench-b", "10.0.0.2", state, "why"),
    )
    return RackStatus("nowhere", bridge=True, mirror=True, nodes=nodes)


@pytest.mark.parametrize(
    ("state", "answers", "code"),
    [(State.RUNNING, True, 0), (State.DEGRADED, True, 0), (State.STARTING, False, 3), (State.DOWN, False, 3)],
)
def test_a_node_answers_if_it_runs_even_degraded(state, answers, code, facility, monkeypatch):
    monkeypatch.setattr(module, "look_at", lambda _plan: found(state))
    status = module.rack_status(facility)
    assert (status.nodes[1].state, status.nodes[1].detail, status.nodes[1].answers) == (state, "why", answers)
    assert (status.up, status.exit_code) == (answers, ExitCode(code))


def test_up_reports_whether_anything_was_done(facility, monkeypatch):
    monkeypatch.setattr(module, "become_root", lambda _plan: None)
    monkeypatch.setattr(module, "change_up", lambda _plan, _progress: (found(State.RUNNING), False))
    started = module.start_rack(Context(), facility)
    assert (started.changed, started.status.up) == (False, True)
    assert started.ssh_config.endswith("ssh_config")


def test_a_program_is_one_quoted_word_for_the_nodes_shell(facility, monkeypatch):
    calls = []

    def run(argv, check):
        calls.append(argv)
        return subprocess.CompletedProcess(argv, 7)

    monkeypatch.setattr(module, "member_runs", lambda *_: True)
    monkeypatch.setattr(module.subprocess, "run", run)
    assert module.run_on_node(facility, "bench-a", ["echo", "a b", "$(reboot)"]) == 7
    assert calls[0][-1] == "echo 'a b' '$(reboot)'"


def test_a_node_that_does_not_run_says_how_to_start_it(facility):
    with pytest.raises(NotTestableError, match="millwright rack up -f"):
        module.run_on_node(facility, "bench-a", ["true"])
    with pytest.raises(BadInputError, match="bench-a, bench-b"):
        module.run_on_node(facility, "bench-c", ["true"])
