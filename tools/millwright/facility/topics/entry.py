"""Who administers the hosts of the factory, and where users go on from its login node."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from millwright.core.frozen import Finding, Frozen
from millwright.facility.fields import UserName
from millwright.facility.topics.directory import BENCH_USER, GroupName

if TYPE_CHECKING:
    from millwright.facility.model import Facility


Forward = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?:([1-9][0-9]{0,4}|\*)$"),
]
"""Host and port of a service, as users name them; `*` is every port of that host."""


class Entry(Frozen):
    """Administrators, and where users may go on from the login node.

    On every host that Millwright manages, everyone who is no administrator is a user: a key file in a home
    folder opens nothing, the login node takes certificates from tunnels and people of the directory,
    compute nodes take users with a job there, and all other hosts take administrators alone.
    """

    administrators: tuple[UserName, ...] = ()
    """Accounts of administrators, beside root and `ssh.user`; they enter with their keys as before."""
    administrator_groups: tuple[GroupName, ...] = ("sudo", "wheel")
    """Groups of the hosts whose members are administrators too, as are `directory.administrator_groups`."""
    forwards: tuple[Forward, ...] = ()
    """Services to which the login node forwards users' connections, beside sshd of the compute nodes and
    slurmrestd."""


def find_entry_problems(facility: "Facility") -> Iterator[Finding]:
    """An account is an administrator's or a user's; a port exists."""
    users = {user.name for antenna in facility.antennas.values() for user in antenna.users} | {BENCH_USER}
    for index, name in enumerate(facility.entry.administrators):
        if name in users:
            problem = f"{name} is a user's account, which enters by certificate alone"
            expected = "another account for administration"
            yield Finding("MW4520", f"entry.administrators.{index}", problem, expected)
    for index, text in enumerate(facility.entry.forwards):
        port = text.rpartition(":")[2]
        if port.isdigit() and int(port) > 65535:
            yield Finding("MW4521", f"entry.forwards.{index}", f"{port} is not a port", "1 to 65535")
