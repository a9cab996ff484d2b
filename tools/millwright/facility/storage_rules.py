"""What can only be judged between the file systems of a facility and its hosts."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from millwright.facility.finding import Finding
from millwright.facility.model import Facility
from millwright.facility.names import expand
from millwright.facility.storage import FileSystem


def file_systems_are_served_and_apart(facility: Facility) -> Iterator[Finding]:
    """Each file system has what its kind needs, and no two lie at one place."""
    known = {host for hosts in facility.addresses for host in expand(hosts)}
    places: dict[str, str] = {}
    for name, described in facility.storage.items():
        yield from _of_its_kind(f"storage.{name}", described)
        if described.server is not None and described.server not in known:
            key = f"storage.{name}.server"
            yield key, f"{described.server} has no address", "a host under addresses"
        if described.mount in places:
            problem = f"{described.mount} is where {places[described.mount]} is mounted"
            yield f"storage.{name}.mount", problem, "each mount point once"
        places.setdefault(described.mount, name)


def _of_its_kind(key: str, described: FileSystem) -> Iterator[Finding]:
    server, target = described.server is not None, described.target is not None
    if described.kind == "nfs" and server == target:
        yield f"{key}.server", "an NFS file system has one side that serves it", "either server or target"
    if described.kind == "lustre" and (server or not target):
        yield f"{key}.target", "Lustre is found by its management servers", "target, and no server"
    if described.kind == "beegfs" and (target or not server):
        yield f"{key}.server", "BeeGFS is found by its management service", "server, and no target"
    if described.kind == "bind" and (server or target):
        yield f"{key}.kind", "a bind mount has nobody who serves it", "neither server nor target"
    if described.kind == "bind" and _is_within(described.mount, described.source):
        yield f"{key}.mount", f"{described.mount} lies within its own source", "a place outside of it"


def _is_within(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
