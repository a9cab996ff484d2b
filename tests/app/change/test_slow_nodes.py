"""Peers of a run, what is caught among them, and what is proposed."""

from types import SimpleNamespace

import numpy as np
import pytest

from millwright.app.change.slow_nodes import (
    SlowRequest,
    _exit_code,
    _judge,
    _Peers,
    _to_repeat,
    find_slow,
)
from millwright.app.context import Context
from millwright.app.regress.confirm import Repeats
from millwright.regress.history import SeriesKey


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("MILLWRIGHT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))


RNG = np.random.default_rng(4)


def keys(count):
    return tuple(
        SeriesKey("cpu", "MemoryBandwidth", "", "gnu", "triad_bw", "GB/s", f"n{n}", "") for n in range(count)
    )


@pytest.fixture
def peers():
    rates = 100 + RNG.normal(0, 0.5, 40)
    rates[[3, 7]] = 92.0
    return _Peers(keys(40), rates, is_higher=True)


def repeated(peers, levels):
    """Four repeats at the level of each node by name; 100 for the others that were asked for."""
    runs = [
        SimpleNamespace(
            values={key: SimpleNamespace(value=levels.get(key.node, 100.0)) for key in _to_repeat(peers)}
        )
        for _ in range(4)
    ]
    return Repeats(tuple(runs))


def test_what_was_not_repeated_is_undecided(peers):
    found = _judge(peers, Repeats(()))
    assert (found.undecided, found.slow, found.state) == (("n3", "n7"), (), "judged")
    assert _exit_code([found], ()) == 3


def test_only_what_is_slow_again_is_slow(peers):
    found = _judge(peers, repeated(peers, {"n3": 92.0}))
    assert (found.slow, found.undecided, found.screened) == (("n3",), (), ("n3", "n7"))
    assert _exit_code([found], found.slow) == 1


def test_good_nodes_are_measured_beside(peers):
    assert len(set(_to_repeat(peers)) - {peers.keys[3], peers.keys[7]}) == 5


def test_two_populations_are_said_and_nobody_is_slow():
    rates = np.concatenate([100 + RNG.normal(0, 0.5, 20), 95 + RNG.normal(0, 0.5, 20)])
    found = _judge(_Peers(keys(40), rates, is_higher=True), Repeats(()))
    assert (found.state, found.screened) == ("two populations", ())
    assert _exit_code([found], ()) == 3


def test_a_stored_run_of_two_nodes_can_not_be_judged(stored_run):
    found = find_slow(Context(), SlowRequest("rack", results=stored_run.parents[1]))
    assert {group.nodes for group in found.groups if group.partition == "cpu"} == {"rack-c[1-2]"}
    assert {group.state for group in found.groups} == {"too few nodes"}
    assert (found.exit_code, found.proposal) == (3, "")


def test_five_nodes_are_too_few():
    found = _judge(_Peers(keys(5), np.array([100.0, 100, 100, 100, 50]), is_higher=True), Repeats(()))
    assert found.state == "too few nodes"
