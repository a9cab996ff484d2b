"""Who gets which certificate: short-lived, one antenna's gateway and one account, and nothing more."""

import datetime
from pathlib import Path

from millwright.antennas.signing import Certificate, read_certificate, sign
from millwright.antennas.ssh_keys import ensure_key_pair, fingerprint, public_half
from millwright.errors import FailedError
from millwright.facility.model import Facility

CLOCK_SKEW = datetime.timedelta(minutes=1)
"""How far a host's clock may be behind ours before it refuses a fresh certificate."""


def ensure_user_ca(state: Path) -> Path:
    """The private key of the facility's user CA, made on first use; ``user_ca.pub`` lies beside it.

    ``state`` is the facility's state folder. The factory and the gateways trust the public key;
    the private key never leaves this folder.
    """
    return ensure_key_pair(state / "ca", "user_ca", comment="millwright user CA")


def gateway_principal(antenna: str) -> str:
    """The principal that an antenna's gateway lets through."""
    return f"antenna-{antenna}"


def user_principal(user: str) -> str:
    """The principal that the factory's account ``user`` accepts."""
    return f"user-{user}"


def new_certificate(facility: Facility, antenna: str, user: str, *, now: datetime.datetime) -> Certificate:
    """The certificate that a user of an antenna gets at ``now``.

    The serial is the time of issue in microseconds since 1970.
    """
    issued = now.replace(microsecond=0)
    minutes = facility.antennas[antenna].certificate_minutes
    return Certificate(
        key_id=f"{facility.name}/{antenna}/{user}",
        serial=round(now.timestamp() * 1_000_000),
        principals=(gateway_principal(antenna), user_principal(user)),
        valid_after=issued - CLOCK_SKEW,
        valid_before=issued + datetime.timedelta(minutes=minutes),
    )


def ensure_user_certificate(
    facility: Facility, antenna: str, user: str, *, state: Path, now: datetime.datetime
) -> Path:
    """The private key of a user; at least half the life of the certificate beside it remains at ``now``.

    Key ``id_ed25519`` and certificate ``id_ed25519-cert.pub`` lie in the user's folder,
    ``state/antennas/<antenna>/users/<user>``.
    """
    key = ensure_key_pair(
        state / "antennas" / antenna / "users" / user, "id_ed25519", comment=f"{user}@{antenna}"
    )
    ca = ensure_user_ca(state)
    wanted = new_certificate(facility, antenna, user, now=now)
    if not _is_still_good(certificate_of(key), wanted, ca, key, now):
        sign(ca, public_half(key), wanted, certificate_of(key))
    return key


def certificate_of(key: Path) -> Path:
    """The certificate's file beside a private key, where OpenSSH looks for it."""
    return key.with_name(f"{key.name}-cert.pub")


def _is_still_good(path: Path, wanted: Certificate, ca: Path, key: Path, now: datetime.datetime) -> bool:
    if not path.exists():
        return False
    try:
        held = read_certificate(path)
    except FailedError:
        return False  # damaged: sign anew
    same_hands = (held.key, held.signer) == (fingerprint(public_half(key)), fingerprint(public_half(ca)))
    is_newer_rule_met = (
        held.certificate.valid_before <= wanted.valid_before
    )  # a shortened lifetime counts at once
    return (
        same_hands
        and is_newer_rule_met
        and _allows_the_same(held.certificate, wanted)
        and held.certificate.is_fresh(now)
    )


def _allows_the_same(held: Certificate, wanted: Certificate) -> bool:
    return (held.key_id, held.principals, held.extensions) == (
        wanted.key_id,
        wanted.principals,
        wanted.extensions,
    )
