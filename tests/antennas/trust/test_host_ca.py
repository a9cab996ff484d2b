"""The host CA, with the real ssh-keygen: names, renewal, and what stands in ``known_hosts``."""

import datetime

import pytest

from millwright.antennas.ssh.certificate_signing import HOST, read_certificate
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.host_ca import (
    LIFETIME,
    authority_lines,
    ensure_host_ca,
    ensure_host_certificate,
    host_ca,
    host_certificate,
    host_names,
)

NOON = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
NAMES = ("gw", "10.0.0.9")


@pytest.fixture
def hands(tmp_path):
    return ensure_host_ca(tmp_path), public_half(ensure_key_pair(tmp_path / "gw", "host_key", comment="gw"))


@pytest.fixture
def ensure(hands, shipped_rack):
    def call(now=NOON, names=NAMES):
        wanted = host_certificate(shipped_rack, "gw", names, now)
        path = ensure_host_certificate(*hands, wanted, now)
        return path, read_certificate(path)

    return call


def test_a_host_certificate_names_the_host_and_allows_nothing(ensure, hands):
    path, signed = ensure()
    certificate = signed.certificate
    assert path.name == "host_key-cert.pub"
    assert (certificate.kind, certificate.principals, certificate.extensions) == (HOST, NAMES, ())
    assert signed.signer == fingerprint(public_half(hands[0]))


def test_it_is_kept_for_half_its_life_and_then_renewed(ensure):
    first = ensure()[1].certificate.serial
    assert ensure(NOON + LIFETIME / 2 - datetime.timedelta(hours=2))[1].certificate.serial == first
    assert ensure(NOON + LIFETIME / 2 + datetime.timedelta(hours=2))[1].certificate.serial != first


def test_another_name_or_another_key_is_signed_anew(ensure, hands, tmp_path):
    first = ensure()[1].certificate.serial
    later = NOON + datetime.timedelta(seconds=1)
    assert ensure(later, (*NAMES, "10.92.0.1"))[1].certificate.serial != first
    other = public_half(ensure_key_pair(tmp_path / "new", "host_key", comment="gw"))
    hands[1].write_bytes(other.read_bytes())
    assert ensure(later)[1].key == fingerprint(other)


def test_the_login_node_is_met_under_its_tunnel_address_too(shipped_rack):
    assert host_names(shipped_rack, "rack-login") == (
        "rack-login",
        "rack-login.rack.internal",
        "10.91.0.11",
        "10.92.0.1",
    )
    assert "10.92.0.1" not in host_names(shipped_rack, "rack-antenna")


def test_known_hosts_names_the_ca_and_the_hosts(hands, tmp_path):
    (line,) = authority_lines(host_ca(hands[0].parent.parent), ["[10.0.0.9]:2222", "10.92.0.1", "10.92.0.1"])
    key = (tmp_path / "ca" / "host_ca.pub").read_text().split()[1]
    assert line == f"@cert-authority [10.0.0.9]:2222,10.92.0.1 ssh-ed25519 {key}"
