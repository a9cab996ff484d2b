"""``millwright antenna config`` and ``certify``: files and certificates of an antenna's users."""

from pathlib import Path
from typing import Literal

from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.ssh.certificate_signing import read_certificate
from millwright.antennas.trust.certificates import new_certificate
from millwright.antennas.trust.issuing import issue_certificate
from millwright.antennas.user.files import UserAccess, ensure_user_access, way_of
from millwright.antennas.user.printed_config import printed_config
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import facility_file, state_folder
from millwright.core.suggestions import did_you_mean
from millwright.facility import Facility, load_facility


class UserConfig(Part):
    """How one user reaches the factory."""

    antenna: str
    user: str
    config: str
    """OpenSSH configuration in the state folder, for checks from this machine."""
    certificate: str
    """File with the user's certificate."""
    valid_before: str
    """End of the certificate, ISO 8601."""
    printed: str
    """The OpenSSH configuration that the user pastes."""


class AntennaConfig(Document):
    """How users reach the factory."""

    format: Literal["millwright-antenna-config/1"] = "millwright-antenna-config/1"
    facility: str
    users: tuple[UserConfig, ...]


def config_of_users(context: Context, facility: str, antenna: str | None) -> AntennaConfig:
    """Write or renew the files of every user of one antenna, or of all."""
    described = load_facility(facility_file(facility))
    people = [
        (name, user.name)
        for name in chosen_antennas(described, antenna)
        for user in described.antennas[name].users
    ]
    return _config(context, described, people)


def config_of_user(context: Context, facility: str, antenna: str | None, user: str | None) -> AntennaConfig:
    """Write or renew the files of one user, by default the first, of one antenna, or of all.

    Raises :exc:`BadInputError` if an antenna has no such user.
    """
    described = load_facility(facility_file(facility))
    people = [
        (name, found)
        for name in chosen_antennas(described, antenna)
        for found in _named_or_first(described, name, user)
    ]
    return _config(context, described, people)


def certify(context: Context, facility: str, antenna: str, user: str, public_key: Path) -> str:
    """Sign a user's own public key; the certificate as one line of text.

    Raises :exc:`BadInputError` for an unknown antenna or user, or a file that holds no public key.
    """
    described = load_facility(facility_file(facility))
    [name] = chosen_antennas(described, antenna)
    [person] = _named_or_first(described, name, user)
    certificate = new_certificate(described, name, person, now=context.now())
    state, environment = state_folder(described.name), described.antennas[name].environment
    return issue_certificate(public_key, certificate, state=state, environment=environment)


def _config(context: Context, facility: Facility, people: list[tuple[str, str]]) -> AntennaConfig:
    state, now = state_folder(facility.name), context.now()
    accesses = [ensure_user_access(facility, name, user, state=state, now=now) for name, user in people]
    return AntennaConfig(facility=facility.name, users=tuple(_row(facility, access) for access in accesses))


def _named_or_first(facility: Facility, antenna: str, user: str | None) -> tuple[str, ...]:
    """The named user, else the first; none only if the antenna has no users."""
    known = tuple(each.name for each in facility.antennas[antenna].users)
    if user is None:
        return known[:1]
    if user not in known:
        key, problem = f"antennas.{antenna}.users", f"unknown user {user!r}"
        expected = f"one of {', '.join(known)}{did_you_mean(user, known)}"
        raise BadInputError([Problem(facility.name, key, problem, expected, code="MW4516")])
    return (user,)


def _row(facility: Facility, access: UserAccess) -> UserConfig:
    return UserConfig(
        antenna=access.antenna,
        user=access.user,
        config=str(access.config),
        certificate=str(access.certificate),
        valid_before=read_certificate(access.certificate).certificate.valid_before.isoformat(),
        printed=printed_config(way_of(facility, access)),
    )
