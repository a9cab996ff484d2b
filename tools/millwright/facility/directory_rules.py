"""What contradicts itself in a facility's directory."""

from collections.abc import Iterator

from millwright.facility.directory import Directory
from millwright.facility.finding import Finding
from millwright.facility.model import Facility

BENCH_USER = "mwbench"
"""The user of the role ``users`` under whom checks run."""


def find_directory_problems(facility: Facility) -> Iterator[Finding]:
    """One way of TLS, hosts that ask, and a probe that only the directory can know."""
    directory = facility.directory
    if directory is None:
        return
    if not facility.services:
        yield "directory", "no host that Millwright manages would ask it", "services, or no directory"
    yield from _servers(directory)
    if ".." in directory.ca.file.split("/"):
        yield "directory.ca.file", "leads out of the facility's folder", "a path without .."
    for key, groups in (
        ("login_groups", directory.login_groups),
        ("administrator_groups", directory.administrator_groups),
    ):
        for group in sorted({group for group in groups if groups.count(group) > 1}):
            yield f"directory.{key}", f"{group} twice", "each group once"
    local = {user.name for antenna in facility.antennas.values() for user in antenna.users} | {BENCH_USER}
    if directory.probe_user in {*local, "root"}:
        text = f"{directory.probe_user} is a user of the hosts themselves, and proves nothing"
        yield "directory.probe_user", text, "somebody whom only the directory knows"


def _servers(directory: Directory) -> Iterator[Finding]:
    schemes = {uri.partition(":")[0] for uri in directory.uris}
    if len(schemes) > 1:
        yield "directory.uris", "both ldap:// and ldaps://", "StartTLS for all of them, or for none"
    for uri in sorted({uri for uri in directory.uris if directory.uris.count(uri) > 1}):
        yield "directory.uris", f"{uri} twice", "each server once"
    for index, uri in enumerate(directory.uris):
        port = uri.rpartition(":")[2]
        if port.isdigit() and not 0 < int(port) < 65536:
            yield f"directory.uris.{index}", f"no port {port}", "1 to 65535"
