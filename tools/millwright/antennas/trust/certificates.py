"""Who gets which certificate: short-lived, one antenna's gateway and one account, and nothing more."""

import datetime
from pathlib import Path

from millwright.antennas.gateway.sshd import project_principal
from millwright.antennas.ssh.certificate_signing import Certificate, read_certificate, sign
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.revocations import is_revoked
from millwright.antennas.trust.user_cas import ensure_own_ca
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.facility.model import Facility
from millwright.facility.topics.trust import Environment

CLOCK_SKEW = datetime.timedelta(minutes=1)
"""How far a host's clock may be behind ours before it refuses a fresh certificate."""


def ensure_user_ca(state: Path, environment: Environment = Environment.PRODUCTION) -> Path:
    """The private key of the facility's user CA, made on first use; ``user_ca.pub`` is beside it.

    ``state`` is the facility's state folder. The factory and the gateways trust the public key;
    the private key never leaves this folder.
    """
    return ensure_own_ca(state, environment)


def key_id(facility: Facility, antenna: str, user: str) -> str:
    """What sshd's log and a revocation call a user of an antenna."""
    return f"{facility.name}/{antenna}/{user}"


def refuse_revoked(state: Path, wanted: Certificate) -> None:
    """Raise :exc:`BadInputError` for a user who was revoked: a new certificate would open nothing."""
    if is_revoked(state, wanted.key_id):
        problem = Problem(
            "revocations",
            wanted.key_id,
            "this user is revoked",
            "revoke --lift, if it is over",
            code="MW4501",
        )
        raise BadInputError([problem])


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
        key_id=key_id(facility, antenna, user),
        serial=round(now.timestamp() * 1_000_000),
        principals=(*_projects(facility, antenna, user), user_principal(user)),
        valid_after=issued - CLOCK_SKEW,
        valid_before=issued + datetime.timedelta(minutes=minutes),
    )


def _projects(facility: Facility, antenna: str, user: str) -> tuple[str, ...]:
    accounts = (each.account for each in facility.antennas[antenna].users if each.name == user)
    return tuple(dict.fromkeys(project_principal(account) for account in accounts))


def ensure_user_certificate(
    facility: Facility, antenna: str, user: str, *, state: Path, now: datetime.datetime
) -> Path:
    """The private key of a user; at least half the life of the certificate beside it remains at ``now``.

    Key ``id_ed25519`` and certificate ``id_ed25519-cert.pub`` are in the user's folder,
    ``state/antennas/<antenna>/users/<user>``.
    """
    key = ensure_key_pair(
        state / "antennas" / antenna / "users" / user, "id_ed25519", comment=f"{user}@{antenna}"
    )
    ca = ensure_user_ca(state, facility.antennas[antenna].environment)
    wanted = new_certificate(facility, antenna, user, now=now)
    refuse_revoked(state, wanted)
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
        return False  # damaged: sign again
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
