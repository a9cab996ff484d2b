"""The Unix users of a factory: one user id per name, equal on every host and on every run.

A user id is calculated from the name, not counted: adding, removing or reordering users never
moves anybody's id, and no host has to be asked for the next free one.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import Problem
from millwright.facility.model import Facility
from millwright.facility.topics.storage import PROJECT_GROUP, project_accounts

FIRST_ID = 20_000
COUNT = 40_000
FIRST_GROUP = 70_000
GROUPS = 20_000
"""Groups of accounts lie above users and below the ids of containers, which begin at 100,000."""

SYSTEM_NAMES = frozenset(
    """
    _apt _ssh adm audio backup bin cdrom clock crontab daemon dialout dip disk docker fax floppy
    games input irc kmem kvm list lp mail man messagebus munge mwbench mysql news nobody nogroup
    operator plugdev proxy render root sasl sgx shadow slurm src sshd staff sudo sync sys
    systemd-journal systemd-network systemd-resolve systemd-timesync tape tty users utmp uucp video
    voice wheel www-data
    """.split()  # noqa: SIM905 - sixty quoted words say no more
)
"""Names that Debian, Slurm or Millwright itself use for a user or a group."""


@dataclass(frozen=True, slots=True)
class UnixUser:
    """One antenna user as every host of the factory knows it."""

    name: str
    uid: int
    accounts: tuple[str, ...]
    """Slurm accounts that the user may charge; the first is the default."""
    tunnel_addresses: tuple[str, ...]
    """Gateway addresses from which the user comes."""
    principals: tuple[str, ...] = ()
    """Names by which outside CAs know the user."""


def user_id(name: str) -> int:
    """User id and group id of a user: ``FIRST_ID + CRC-32(name) mod COUNT``.

    >>> user_id("ada")
    22152
    """
    return FIRST_ID + zlib.crc32(name.encode()) % COUNT


@dataclass(frozen=True, slots=True)
class UnixGroup:
    """The users of one account, who share its project folders."""

    name: str
    gid: int
    members: tuple[str, ...]


def group_id(account: str) -> int:
    """Group id of an account: ``FIRST_GROUP + CRC-32(name) mod GROUPS``."""
    return FIRST_GROUP + zlib.crc32(account.encode()) % GROUPS


def project_groups(facility: Facility) -> tuple[UnixGroup, ...]:
    """A group for each account, if any file system has project folders."""
    if not any(described.project_folders for described in facility.storage.values()):
        return ()
    return tuple(
        UnixGroup(f"{PROJECT_GROUP}{account}", group_id(account), members)
        for account, members in project_accounts(facility).items()
    )


def users_of(facility: Facility) -> tuple[UnixUser, ...]:
    """Every antenna user once, by name."""
    accounts: dict[str, list[str]] = {}
    addresses: dict[str, list[str]] = {}
    principals: dict[str, list[str]] = {}
    for antenna in facility.antennas.values():
        for user in antenna.users:
            accounts.setdefault(user.name, []).append(user.account)
            addresses.setdefault(user.name, []).append(antenna.tunnel.gateway_address)
            principals.setdefault(user.name, []).extend(user.principals)
    return tuple(
        UnixUser(
            name,
            user_id(name),
            *(tuple(dict.fromkeys(found[name])) for found in (accounts, addresses, principals)),
        )
        for name in sorted(accounts)
    )


def find_user_problems(facility: Facility, file: Path) -> Iterator[Problem]:
    """Users who would become somebody else on the hosts."""
    for name, antenna in facility.antennas.items():
        for index, user in enumerate(antenna.users):
            key = f"antennas.{name}.users.{index}"
            if user.name in SYSTEM_NAMES:
                text = f"{user.name!r} is a user or group of the system"
                yield Problem(str(file), f"{key}.name", text, "a person's user name", code="MW1510")
            if user.account in {"root", "mwbench"}:
                text = f"account {user.account!r} belongs to the administrators"
                yield Problem(str(file), f"{key}.account", text, "an account of the antenna", code="MW1511")
    declared = {user.name for antenna in facility.antennas.values() for user in antenna.users}
    for name in declared.intersection(facility.removed_users):
        text = f"{name!r} is a user of an antenna"
        yield Problem(str(file), f"removed_users.{name}", text, "a former user", code="MW1021")
    owners: dict[int, str] = {}
    for unix_user in users_of(facility):
        other = owners.setdefault(unix_user.uid, unix_user.name)
        if other != unix_user.name:
            text = f"{unix_user.name!r} and {other!r} would share user id {unix_user.uid}"
            yield Problem(str(file), "antennas", text, "another user name for one of them", code="MW1512")
    groups: dict[int, str] = {}
    for group in project_groups(facility):
        other = groups.setdefault(group.gid, group.name)
        if other != group.name:
            text = f"{group.name!r} and {other!r} would share group id {group.gid}"
            yield Problem(str(file), "accounts", text, "another name of one account", code="MW1024")
