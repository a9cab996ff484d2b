"""Shared file systems: who serves them and where they are mounted."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from millwright.core.frozen import Finding, Frozen
from millwright.core.node_sets import expand
from millwright.facility.fields import HostName, HostPath, Name

if TYPE_CHECKING:
    from millwright.facility.model import Facility


MountOption = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_=.:/@-]{0,99}$")]
Target = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:@,/_-]{0,254}$")]


class FileSystem(Frozen):
    """One file system that hosts share."""

    kind: Literal["bind", "nfs", "lustre", "beegfs"]
    """`bind` shows a folder that is shared already under another name."""
    source: HostPath
    """The folder that is served or bound; of Lustre the file system's name with a slash (`/scratch`)."""
    mount: HostPath
    """Where hosts see it."""
    server: HostName | None = None
    """NFS: the host of this facility that serves it. BeeGFS: the host of its management service."""
    target: Target | None = None
    """Lustre: its management servers (`10.1.0.1@o2ib:10.1.0.2@o2ib`). NFS: an appliance elsewhere."""
    options: tuple[MountOption, ...] = ()
    """Mount options beside those that Millwright gives."""
    mounted_by: Annotated[tuple[Literal["nodes", "login", "services"], ...], Field(min_length=1)] = (
        "nodes",
        "login",
    )
    """Which hosts see it; `services` are all hosts with a service, the login node among them."""


Storage = dict[Name, FileSystem]
"""Shared file systems by name."""


def find_storage_problems(facility: "Facility") -> Iterator[Finding]:
    """Each file system has what its kind needs, and no two share a place."""
    known = {host for hosts in facility.addresses for host in expand(hosts)}
    places: dict[str, str] = {}
    for name, described in facility.storage.items():
        yield from _of_its_kind(f"storage.{name}", described)
        if described.server is not None and described.server not in known:
            key = f"storage.{name}.server"
            yield Finding("MW1107", key, f"{described.server} has no address", "a host under addresses")
        if described.mount in places:
            problem = f"{places[described.mount]} is mounted at {described.mount} too"
            yield Finding("MW1406", f"storage.{name}.mount", problem, "each mount point once")
        places.setdefault(described.mount, name)


def _of_its_kind(key: str, described: FileSystem) -> Iterator[Finding]:
    server, target = described.server is not None, described.target is not None
    if described.kind == "nfs" and server == target:
        yield Finding(
            "MW1401",
            f"{key}.server",
            "an NFS file system needs exactly one server",
            "either server or target",
        )
    if described.kind == "lustre" and (server or not target):
        yield Finding(
            "MW1402",
            f"{key}.target",
            "Lustre is mounted from its management servers",
            "target, and no server",
        )
    if described.kind == "beegfs" and (target or not server):
        yield Finding(
            "MW1403",
            f"{key}.server",
            "BeeGFS is mounted through its management service",
            "server, and no target",
        )
    if described.kind == "bind" and (server or target):
        yield Finding("MW1404", f"{key}.kind", "a bind mount has no server", "neither server nor target")
    if described.kind == "bind" and _is_within(described.mount, described.source):
        yield Finding(
            "MW1405", f"{key}.mount", f"{described.mount} is inside its own source", "a path outside it"
        )


def _is_within(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
