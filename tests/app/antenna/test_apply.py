"""Applying: what is refused, and what the outcome holds."""

import pytest

from millwright.antennas.rollout.apply import Applied
from millwright.antennas.rollout.deployment import Deployed
from millwright.app.antenna import apply as module
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError


@pytest.fixture
def applied(monkeypatch):
    """Let the apply end like this."""

    def end(**change):
        done = Applied(Deployed(5, ("rack-antenna: tunnel",)), 2, **change)
        monkeypatch.setattr(module, "apply_antennas", lambda *_: done)

    return end


def test_an_apply_that_reached_all_is_good(applied):
    applied()
    outcome = module.apply(Context(), "rack", None)
    assert (outcome.exit_code, outcome.up) == (0, ("coast", "hills"))
    assert (outcome.changed, outcome.factory_changes) == (("rack-antenna: tunnel",), 2)


def test_an_unreached_gateway_is_no_failure_of_the_others(applied):
    applied(unreached={"hills": "down"})
    outcome = module.apply(Context(), "rack", None)
    assert (outcome.exit_code, outcome.up, outcome.unreached) == (3, ("coast",), {"hills": "down"})


@pytest.mark.parametrize(("due", "code", "current"), [({"coast": "old"}, 3, ()), ({}, 0, ("coast",))])
def test_a_gateway_that_takes_bundles_is_as_its_last_result(applied, facility_like_rack, due, code, current):
    applied(due=due)
    file = facility_like_rack(lambda data: data["antennas"]["coast"].update(reached_by="bundle"))
    outcome = module.apply(Context(), file, None)
    assert (outcome.exit_code, outcome.needs_bundle) == (code, due)
    assert (outcome.up, outcome.as_imported) == (("hills",), current)


def test_an_unknown_antenna_is_refused():
    with pytest.raises(BadInputError, match="unknown antenna 'hill', expected one of coast, hills"):
        module.apply(Context(), "rack", "hill")
    with pytest.raises(BadInputError, match="there is none, expected a facility with antennas"):
        module.apply(Context(), "workstation", None)


def test_a_facility_that_was_never_up_can_not_be_reached(rack_reached_by):
    with pytest.raises(NotTestableError, match="ssh_config is missing"):
        module.apply(Context(), rack_reached_by(None), None)


def test_applying_to_a_gateway_that_is_down_changes_nothing(rack_down, home):
    with pytest.raises(NotTestableError, match="rack-antenna can't be reached as root"):
        module.apply(Context(), rack_down, None)
    assert not home.exists()
