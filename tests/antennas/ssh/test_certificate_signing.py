"""Certificates, signed and read by the real ssh-keygen."""

import datetime
import stat

import pytest

from millwright.antennas.ssh.certificate_signing import Certificate, parse_certificate, read_certificate, sign
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.core.errors import FailedError

NOON = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
WANTED = Certificate(
    key_id="rack/coast/ada",
    serial=2**60 + 7,
    principals=("antenna-coast", "user-ada"),
    valid_after=NOON,
    valid_before=NOON + datetime.timedelta(minutes=15),
)


@pytest.fixture
def keys(tmp_path):
    return ensure_key_pair(tmp_path / "ca", "ca", comment="ca"), ensure_key_pair(
        tmp_path, "user", comment="u"
    )


def test_a_certificate_says_what_was_asked_for(keys, tmp_path):
    ca, key = keys
    sign(ca, public_half(key), WANTED, tmp_path / "cert.pub")
    signed = read_certificate(tmp_path / "cert.pub")
    assert signed.certificate == WANTED
    assert signed.signer == fingerprint(public_half(ca))
    assert signed.key == fingerprint(public_half(key))


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/St_Johns"])
def test_its_dates_do_not_depend_on_the_machines_time_zone(keys, tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    sign(keys[0], public_half(keys[1]), WANTED, tmp_path / "cert.pub")
    assert read_certificate(tmp_path / "cert.pub").certificate.valid_before == WANTED.valid_before
    monkeypatch.setenv("TZ", "UTC")
    assert read_certificate(tmp_path / "cert.pub").certificate.valid_after == WANTED.valid_after


def test_it_allows_a_jump_and_a_terminal_and_nothing_else(keys, tmp_path):
    sign(keys[0], public_half(keys[1]), WANTED, tmp_path / "cert.pub")
    allowed = read_certificate(tmp_path / "cert.pub").certificate.extensions
    assert set(allowed) == {"permit-port-forwarding", "permit-pty"}


def test_signing_leaves_nothing_beside_the_certificate(keys, tmp_path):
    folder = tmp_path / "out"
    sign(keys[0], public_half(keys[1]), WANTED, folder / "cert.pub")
    assert [path.name for path in folder.iterdir()] == ["cert.pub"]


def test_a_refused_signature_leaves_the_old_certificate(keys, tmp_path):
    destination = tmp_path / "cert.pub"
    destination.write_text("old")
    (tmp_path / "broken").write_text("no key")
    (tmp_path / "broken").chmod(0o600)
    with pytest.raises(FailedError, match=r"ssh-keygen .* failed with status"):
        sign(tmp_path / "broken", public_half(keys[1]), WANTED, destination)
    assert destination.read_text() == "old"


@pytest.mark.parametrize("text", ["", "ssh-ed25519 AAAA nonsense\n", "\x00\xff"])
def test_a_file_that_is_no_certificate_is_refused(tmp_path, text):
    (tmp_path / "cert.pub").write_text(text)
    with pytest.raises(FailedError):
        read_certificate(tmp_path / "cert.pub")


def test_a_plain_public_key_is_no_certificate(keys):
    with pytest.raises(FailedError):
        read_certificate(public_half(keys[1]))


def test_a_certificate_without_end_is_refused():
    text = (
        "        Type: ssh-ed25519-cert-v01@openssh.com user certificate\n"
        "        Public key: ED25519-CERT SHA256:x\n"
        "        Signing CA: ED25519 SHA256:y (using ssh-ed25519)\n"
        '        Key ID: "a"\n        Serial: 1\n        Valid: forever\n        Principals: (none)\n'
    )
    with pytest.raises((LookupError, ValueError)):
        parse_certificate(text)


def minutes(count):
    return datetime.timedelta(minutes=count)


@pytest.mark.parametrize(
    ("moment", "valid", "fresh"),
    [
        (NOON - minutes(1), False, False),
        (NOON, True, True),
        (NOON + minutes(7.5), True, True),
        (NOON + minutes(8), True, False),
        (NOON + minutes(14.99), True, False),
        (NOON + minutes(15), False, False),
    ],
)
def test_a_certificate_is_fresh_while_half_its_life_remains(moment, valid, fresh):
    assert (WANTED.is_valid(moment), WANTED.is_fresh(moment)) == (valid, fresh)


def test_private_keys_are_readable_by_their_owner_only(keys):
    assert [stat.S_IMODE(key.stat().st_mode) for key in keys] == [0o600, 0o600]
