"""Rotating a CA: its steps, and what holds the next one up."""

import datetime
import shutil

import pytest

from millwright.antennas.trust.host_ca import ensure_host_ca, host_ca
from millwright.antennas.trust.user_cas import ensure_own_ca, own_ca
from millwright.app.antenna import rotation as module
from millwright.app.antenna.rotation import host_ca_status, rotate_host_ca, rotate_user_ca, user_ca_status
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError
from millwright.core.places import state_folder
from millwright.facility.topics.trust import Environment

PRODUCTION = Environment.PRODUCTION


@pytest.fixture(autouse=True)
def unreached(without_hosts):
    return without_hosts(module, "distribute_to_entered_hosts", "distribute_to_all_hosts")


@pytest.fixture(autouse=True)
def cas(home):
    """The CAs that an apply has made; their folder."""
    state = state_folder("rack")
    for environment in Environment:
        ensure_own_ca(state, environment)
    return ensure_host_ca(state).parent


def at(text):
    """A context whose clock shows this time."""
    return Context(now=lambda: datetime.datetime.fromisoformat(text))


def status():
    return user_ca_status(Context(), "rack", PRODUCTION)


def rotate(context=None):
    return rotate_user_ca(context or Context(), "rack", PRODUCTION)


@pytest.mark.parametrize(
    "ask",
    [
        status,
        lambda: user_ca_status(Context(), "rack", Environment.STAGING),
        lambda: host_ca_status(Context(), "rack"),
    ],
)
def test_the_status_of_a_ca_that_is_not_made_yet_makes_none(cas, ask):
    shutil.rmtree(cas)
    with pytest.raises(NotTestableError, match="millwright antenna apply rack makes it"):
        ask()
    assert not cas.exists()


def test_a_facility_without_antennas_has_no_user_ca():
    with pytest.raises(BadInputError, match="expected a facility with antennas"):
        rotate_user_ca(Context(), "workstation", PRODUCTION)


def test_a_rotation_goes_step_by_step():
    before = status()
    assert before.phase == "steady"
    overlap = rotate()
    assert (overlap.phase, overlap.other) == ("overlap", before.signs)
    assert rotate() == overlap
    steady = rotate(at(overlap.withdraw_after))
    assert (steady.phase, steady.signs) == ("steady", overlap.signs)


def test_if_one_does_not_know_the_new_ca_the_old_one_goes_on_signing(unreached):
    before = status()
    unreached["coast"] = "down"
    with pytest.raises(NotTestableError, match="the old CA goes on signing, because coast was not reached"):
        rotate()
    waiting = status()
    assert (waiting.phase, waiting.signs) == ("announced", before.signs)
    unreached.clear()
    overlap = rotate()
    assert (overlap.phase, overlap.signs) == ("overlap", waiting.other)


def test_a_withdrawal_that_did_not_reach_all_goes_on_and_begins_no_other_rotation(unreached):
    overlap = rotate()
    later = at(overlap.withdraw_after)
    unreached["hills"] = "down"
    with pytest.raises(NotTestableError, match="withdrawn here, but hills was not reached"):
        rotate(later)
    waiting = status()
    assert (waiting.phase, waiting.signs) == ("withdrawn", overlap.signs)
    unreached.clear()
    steady = rotate(later)
    assert (steady.phase, steady.signs) == ("steady", overlap.signs)


def test_each_environment_has_a_ca_of_its_own():
    staging = user_ca_status(Context(), "rack", Environment.STAGING)
    assert status().signs != staging.signs
    assert own_ca(state_folder("rack"), Environment.STAGING).current.exists()


def rotate_hosts(days=30, context=None):
    return rotate_host_ca(context or Context(), "rack", datetime.timedelta(days=days))


def test_hosts_change_their_ca_only_after_users_had_time_to_get_it():
    before = host_ca_status(Context(), "rack")
    announced = rotate_hosts()
    assert (announced.whose, announced.phase, announced.signs) == ("hosts", "announced", before.signs)
    assert rotate_hosts() == announced
    later = datetime.datetime.fromisoformat(announced.switch_after)
    assert later - datetime.datetime.now(datetime.UTC) > datetime.timedelta(days=29)
    steady = rotate_hosts(context=at(announced.switch_after))
    assert (steady.phase, steady.signs) == ("steady", announced.other)


@pytest.mark.parametrize("phase", ["announced", "due", "withdrawn"])
def test_a_host_that_was_not_reached_holds_up_the_next_step(unreached, monkeypatch, phase):
    announced = rotate_hosts(days=0)
    real = module.distribute_to_all_hosts
    left = [{"announced": 0, "due": 1, "withdrawn": 2}[phase]]

    def distribute(context, file, facility):
        if left[0] == 0:
            unreached["factory"] = "rack-c1 is down"
        left[0] -= 1
        return real(context, file, facility)

    monkeypatch.setattr(module, "distribute_to_all_hosts", distribute)
    with pytest.raises(NotTestableError, match="rack-c1 is down"):
        rotate_hosts()
    waiting = host_ca_status(Context(), "rack")
    assert waiting.phase == phase
    assert waiting.signs == (announced.signs if phase == "announced" else announced.other)
    unreached.clear()
    monkeypatch.setattr(module, "distribute_to_all_hosts", real)
    assert rotate_hosts().phase == "steady"


def test_a_host_with_a_certificate_of_the_old_ca_keeps_it_trusted(monkeypatch):
    monkeypatch.setattr(module, "hosts_of_another_ca", lambda *_: ("rack-c2",))
    rotate_hosts(days=0)
    with pytest.raises(NotTestableError, match="it still vouches for rack-c2"):
        rotate_hosts()
    assert host_ca(state_folder("rack")).former.exists()
