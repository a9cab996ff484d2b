"""Whose certificates a facility accepts: certification authorities, pinned and kept apart by environment."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from millwright.core.frozen import Finding, Frozen
from millwright.facility.topics.reach import Reach

if TYPE_CHECKING:
    from millwright.facility.model import Facility


Fingerprint = Annotated[str, StringConstraints(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
"""SHA-256 fingerprint of a public key, as ``ssh-keygen -l`` prints it."""

FilePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$")]
"""A file beside or below the facility file."""

Principal = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}$")]
"""A name in a certificate: safe in sshd's lists of principals, where spaces, commas and ``#`` part words."""

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hour and minute, in the host's time zone."""


class Environment(StrEnum):
    """Production and rehearsal trust different certification authorities."""

    PRODUCTION = "production"
    STAGING = "staging"


class UserCa(Frozen):
    """A certification authority outside of the facility, whose user certificates are accepted too."""

    environment: Environment = Environment.PRODUCTION
    """The authority is trusted by antennas of this environment and by no other."""
    public_key: FilePath
    """File beside the facility file: an OpenSSH public key, or JSON with `PublicKey` as the EuroHPC
    Federation Platform publishes it."""
    fingerprint: Fingerprint
    """The key's fingerprint, learned on another way than the file: a file with another one is refused."""


OWN_PREFIXES = ("user-", "project-", "antenna-")
"""Principals that only the facility's own certification authority may give out."""


def find_trust_problems(facility: "Facility") -> Iterator[Finding]:
    """One account belongs to one antenna, one principal to one user, one CA to one environment."""
    yield from _accounts(facility)
    yield from _principals(facility)
    yield from _authorities(facility)
    yield from _reaches(facility)


def _accounts(facility: "Facility") -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, antenna in facility.antennas.items():
        for index, user in enumerate(antenna.users):
            other = owner.setdefault(user.account, name)
            if other != name:
                text = f"account {user.account!r} belongs to antenna {other}"
                yield Finding(
                    "MW1507",
                    f"antennas.{name}.users.{index}.account",
                    text,
                    "an account of this antenna alone",
                )


def _principals(facility: "Facility") -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, antenna in facility.antennas.items():
        for index, user in enumerate(antenna.users):
            key = f"antennas.{name}.users.{index}.principals"
            for principal in user.principals:
                if principal.startswith(OWN_PREFIXES):
                    text = f"{principal!r} looks like a principal of the facility's own CA"
                    yield Finding(
                        "MW1508", key, text, f"a name that does not begin with {', '.join(OWN_PREFIXES)}"
                    )
                other = owner.setdefault(principal, user.name)
                if other != user.name:
                    yield Finding(
                        "MW1509", key, f"{principal!r} is user {other} too", "each principal for one user"
                    )


def _reaches(facility: "Facility") -> Iterator[Finding]:
    for name, antenna in facility.antennas.items():
        if antenna.reached_by is Reach.BUNDLE and antenna.may_be_cut:
            text = "a gateway that takes bundles is not reached over SSH, so its tunnel can't be cut"
            yield Finding("MW1513", f"antennas.{name}.may_be_cut", text, "false, or reached_by: ssh")


def _authorities(facility: "Facility") -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, ca in facility.user_cas.items():
        other = owner.setdefault(ca.fingerprint, name)
        if other != name:
            text = f"the same key as {other}: staging and production would not be separate"
            yield Finding("MW1514", f"user_cas.{name}.fingerprint", text, "each key once")
        if ".." in ca.public_key.split("/"):
            yield Finding(
                "MW1005",
                f"user_cas.{name}.public_key",
                "leads out of the facility's folder",
                "a path without ..",
            )
