"""Nodes as sinfo shows them."""

import subprocess

import pytest

from millwright.adapters.slurm import partition_state as slurm
from millwright.adapters.slurm.partition_state import NodeState, node_states, parse_node_states
from millwright.core.errors import NotTestableError


def states(text, nodes=("n1",), waits=None):
    answers = iter(text) if isinstance(text, list) else None
    waited = [] if waits is None else waits
    return node_states("cpu", nodes, ask=lambda _: next(answers) if answers else text, wait=waited.append)


@pytest.mark.parametrize("state", ["idle", "mixed", "allocated", "completing", "planned", "idle~", "mixed#"])
def test_a_node_that_takes_jobs_now_or_later_is_taken(state):
    assert states(f"n1|{state}|none\n")[0].takes_jobs


@pytest.mark.parametrize(
    "state",
    ["drained", "draining", "down", "down*", "idle*", "fail", "maint", "reserved", "unknown", "", "idle@"],
)
def test_any_other_node_is_left_out(state):
    assert not NodeState("n1", state).takes_jobs


def test_the_reason_of_a_drain_may_hold_anything():
    (state,) = states("n1|drained|millwright:repair:7 | fan } $(id)\n")

    assert state.reason == "millwright:repair:7 | fan } $(id)"
    assert str(state) == "drained: millwright:repair:7 | fan } $(id)"


def test_a_node_that_slurm_does_not_know_is_unknown():
    assert states("n2|idle|none\n")[0] == NodeState("n1", "unknown")


def test_lines_of_another_shape_are_left_out():
    assert parse_node_states("slurm_load_node: error\n\nn1|idle|none\n") == {"n1": NodeState("n1", "idle")}


def test_a_silent_node_is_waited_for():
    waits = []
    (state,) = states(["n1|idle*|none\n", "n1|idle*|none\n", "n1|idle|none\n"], waits=waits)

    assert state.takes_jobs
    assert len(waits) == 2


def test_a_node_that_stays_silent_is_left_out_after_half_a_minute():
    waits = []
    (state,) = states("n1|idle*|none\n", waits=waits)

    assert not state.takes_jobs
    assert sum(waits) == 30


def test_a_node_that_is_down_is_not_waited_for():
    waits = []
    states("n1|down*|none\n", waits=waits)

    assert waits == []


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError("sinfo"),
        subprocess.TimeoutExpired("sinfo", 30),
        subprocess.CalledProcessError(1, "sinfo", stderr="Unable to contact slurm controller\n"),
    ],
)
def test_a_slurm_that_does_not_answer_is_not_testable(monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(slurm.subprocess, "run", fail)

    with pytest.raises(NotTestableError, match="did not say which nodes of cpu work"):
        node_states("cpu", ["n1"])
