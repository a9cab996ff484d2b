"""``rack up`` on a rack that is up: only what is missing is done."""

from types import SimpleNamespace

import pytest

from millwright.rack import emulation, up
from millwright.rack.status import NodeStatus, RackStatus, State


@pytest.fixture
def registered(plan, tmp_path, monkeypatch):
    """A rack of which everything runs, on a kernel that may know its registration; what was registered."""
    nodes = tuple(NodeStatus(node.name, node.address, State.RUNNING) for node in plan.nodes)
    done = []
    monkeypatch.setattr(emulation, "BINFMT", tmp_path)
    monkeypatch.setattr(up, "rack_status", lambda *_: RackStatus(plan.name, True, True, nodes))
    monkeypatch.setattr(up, "register", lambda name, *_: done.append(name))
    monkeypatch.setattr(up.RackUp, "_make_ground", lambda _: None)
    monkeypatch.setattr(up.RackUp, "_fetch", lambda _: tmp_path)
    monkeypatch.setattr(up.RackUp, "_wheels_are_current", lambda _: True)
    return done


@pytest.fixture
def run(plan):
    journal = SimpleNamespace(names=lambda _: [])
    return up.RackUp(plan, None, journal, SimpleNamespace(stopped=False)).run


def test_a_lost_registration_of_the_emulator_is_made_anew(registered, run, plan):
    assert run()[1]
    assert registered == [plan.name]


def test_where_nothing_is_missing_nothing_is_done(registered, run, plan, tmp_path):
    (tmp_path / emulation.entry_name(plan.name)).write_text("enabled\n")
    assert not run()[1]
    assert registered == []
