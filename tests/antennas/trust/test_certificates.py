"""Who gets which certificate, and when it is renewed."""

import datetime
from dataclasses import replace

import pytest

from millwright.antennas.ssh.certificate_signing import read_certificate, sign
from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust.certificates import (
    certificate_of,
    ensure_user_ca,
    ensure_user_certificate,
    new_certificate,
)

NOON = datetime.datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=datetime.UTC)


def minutes(count):
    return datetime.timedelta(minutes=count)


@pytest.fixture
def ensure(shipped_rack, tmp_path):
    def call(now=NOON, facility=shipped_rack):
        key = ensure_user_certificate(facility, "coast", "ada", state=tmp_path, now=now)
        return read_certificate(certificate_of(key))

    return call


def test_a_certificate_lives_as_long_as_the_facility_says_and_covers_clock_skew(shipped_rack):
    certificate = new_certificate(shipped_rack, "coast", "ada", now=NOON)
    assert certificate.valid_before == NOON.replace(microsecond=0) + minutes(15)
    assert certificate.valid_after == NOON.replace(microsecond=0) - minutes(1)


def test_it_names_one_antenna_and_one_user(shipped_rack):
    certificate = new_certificate(shipped_rack, "coast", "ada", now=NOON)
    assert certificate.principals == ("project-coast", "user-ada")
    assert certificate.key_id == "rack/coast/ada"
    assert certificate.serial == 1772366400250000


def test_it_is_kept_while_more_than_half_its_life_remains(ensure):
    first = ensure()
    assert ensure(NOON + minutes(6)) == first


def test_it_is_renewed_when_less_than_half_its_life_remains(ensure):
    first = ensure()
    second = ensure(NOON + minutes(8))
    assert second.certificate.valid_before > first.certificate.valid_before
    assert second.key == first.key, "the key stays; only its certificate is new"


def test_it_is_renewed_after_a_clock_that_ran_ahead(ensure):
    ensure(NOON + minutes(600))
    assert ensure().certificate.is_valid(NOON)


def test_a_shorter_lifetime_counts_at_once(ensure, facility_with):
    ensure()
    shorter = facility_with(lambda data: data["antennas"]["coast"].update(certificate_minutes=5))
    assert ensure(facility=shorter).certificate.valid_before == NOON.replace(microsecond=0) + minutes(5)


def test_a_new_ca_signs_anew(ensure, tmp_path):
    ensure()
    for path in (tmp_path / "ca").iterdir():
        path.unlink()
    assert ensure().signer == fingerprint(public_half(ensure_user_ca(tmp_path)))


def test_a_damaged_certificate_is_signed_anew(ensure, tmp_path):
    first = ensure()
    (tmp_path / "antennas/coast/users/ada/id_ed25519-cert.pub").write_text("damaged")
    assert ensure() == first


def test_the_ca_lies_in_the_state_folder(tmp_path):
    assert ensure_user_ca(tmp_path) == tmp_path / "ca" / "user_ca"
    assert (tmp_path / "ca" / "user_ca.pub").read_text().startswith("ssh-ed25519 ")


@pytest.mark.parametrize(
    "change",
    [
        {"principals": ("project-coast", "user-root")},
        {"key_id": "x"},
        {"extensions": ("permit-pty", "permit-X11-forwarding")},
    ],
)
def test_a_fresh_certificate_that_allows_something_else_is_signed_anew(
    ensure, tmp_path, shipped_rack, change
):
    first = ensure()
    key = tmp_path / "antennas" / "coast" / "users" / "ada" / "id_ed25519"
    other = replace(new_certificate(shipped_rack, "coast", "ada", now=NOON), **change)
    sign(ensure_user_ca(tmp_path), public_half(key), other, certificate_of(key))
    assert ensure() == first
