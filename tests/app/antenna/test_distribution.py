"""Distributing trust: which play the factory runs, and what the progress shows."""

import datetime

import pytest

from millwright.app.antenna import distribution as module
from millwright.app.context import Context
from millwright.core.places import facility_file, state_folder
from millwright.facility import load_facility

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)


class Steps:
    def __init__(self):
        self.shown = []

    def step(self, _name, detail):
        self.shown.append(detail)

    def done(self, _name, _detail):
        pass


@pytest.mark.parametrize(
    ("name", "play"),
    [("distribute_to_entered_hosts", "run_user_play"), ("distribute_to_all_hosts", "run_host_play")],
)
def test_the_factory_runs_the_play_at_the_contexts_time(monkeypatch, name, play):
    file, ran, steps = facility_file("rack"), [], Steps()
    facility = load_facility(file)
    monkeypatch.setattr(module, play, lambda *args, **named: ran.append((args, named)))

    def distribute_trust(_facility, rollout):
        rollout.status("factory: whom it trusts")
        rollout.run_factory_play()
        return rollout.now()

    monkeypatch.setattr(module, "distribute_trust", distribute_trust)
    context = Context(progress=steps, now=lambda: NOW)
    assert getattr(module, name)(context, file, facility) == NOW
    assert ran == [((file, facility), {"state": state_folder("rack"), "now": NOW})]
    assert steps.shown == ["factory: whom it trusts"]


def test_revocations_are_pushed_without_a_play(monkeypatch):
    """A play would wait for whoever changes hosts."""
    file, pushed = facility_file("rack"), []
    facility = load_facility(file)
    monkeypatch.setattr(module, "push_revocations", lambda *args, **named: pushed.append((args, named)))
    monkeypatch.setattr(module, "distribute_trust", lambda _, rollout: rollout.run_factory_play())
    module.distribute(Context(progress=Steps(), now=lambda: NOW), file, facility)
    assert pushed == [((file, facility), {"state": state_folder("rack")})]
