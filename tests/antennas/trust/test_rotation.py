"""Changing the user CA: nobody is shut out, and a run that is killed at any step goes on."""

import datetime

import pytest

from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust import rotation
from millwright.antennas.trust.rotation import Phase, announce, conclude, longest_life, look, switch, withdraw
from millwright.antennas.trust.user_cas import ensure_own_ca, own_ca
from millwright.facility.topics.trust import Environment

NOON = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
LATER = NOON + datetime.timedelta(minutes=25)


@pytest.fixture
def ca(tmp_path):
    ensure_own_ca(tmp_path, Environment.PRODUCTION)
    return own_ca(tmp_path, Environment.PRODUCTION)


def test_a_whole_rotation(ca):
    old = look(ca, NOON).signs
    assert look(ca, NOON).phase is Phase.STEADY
    announce(ca)
    announced = look(ca, NOON)
    assert (announced.phase, announced.signs) == (Phase.ANNOUNCED, old)
    switch(ca, LATER)
    overlap = look(ca, NOON)
    assert (overlap.phase, overlap.signs, overlap.other) == (Phase.OVERLAP, announced.other, old)
    assert look(ca, LATER).phase is Phase.DUE
    withdraw(ca)
    assert look(ca, LATER).phase is Phase.WITHDRAWN
    conclude(ca)
    steady = look(ca, LATER)
    assert (steady.phase, steady.signs, steady.other) == (Phase.STEADY, announced.other, None)


def test_the_old_private_key_is_gone_after_the_switch(ca):
    old = ca.current.read_text()
    announce(ca)
    switch(ca, LATER)
    assert old not in {path.read_text() for path in ca.folder.iterdir()}
    assert fingerprint(public_half(ca.current)) == fingerprint(ca.current)


@pytest.mark.parametrize("step", range(4))
def test_a_switch_that_is_killed_after_any_step_goes_on(ca, monkeypatch, step):
    old = fingerprint(public_half(ca.current))
    announce(ca)
    new = fingerprint(public_half(ca.following))
    left = [step]

    def count():
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1

    real_write, real_replace = rotation.write_whole, type(ca.current).replace

    def write(*arguments, **options):
        count()
        return real_write(*arguments, **options)

    def replace(path, target):
        if path.parent == ca.folder and path.name.startswith("user_ca.next"):
            count()
        return real_replace(path, target)

    with monkeypatch.context() as broken:
        broken.setattr(rotation, "write_whole", write)
        broken.setattr(type(ca.current), "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            switch(ca, LATER)
    assert look(ca, NOON).phase is Phase.ANNOUNCED
    switch(ca, LATER)
    found = look(ca, NOON)
    assert (found.phase, found.signs, found.other) == (Phase.OVERLAP, new, old)
    assert fingerprint(ca.current) == new


def test_the_overlap_is_longer_than_any_certificate(facility_with):
    facility = facility_with(lambda data: data["antennas"]["hills"].update(certificate_minutes=600))
    assert longest_life(facility, Environment.PRODUCTION) > datetime.timedelta(minutes=600)
