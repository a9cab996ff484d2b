"""The directory that knows the people of a site: LDAP, over TLS only."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from millwright.core.frozen import Finding, Frozen
from millwright.facility.fields import HostPath, UserName
from millwright.facility.topics.trust import FilePath

if TYPE_CHECKING:
    from millwright.facility.model import Facility


LdapUri = Annotated[
    str,
    StringConstraints(pattern=r"^ldaps?://[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(:[0-9]{1,5})?$"),
]
"""Scheme, host and port: no path, query or list, each of which sssd and OpenLDAP would read on."""

DistinguishedName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z][A-Za-z0-9-]*=[A-Za-z0-9._@:-]+( [A-Za-z0-9._@:-]+)*"
        r"(,[A-Za-z][A-Za-z0-9-]*=[A-Za-z0-9._@:-]+( [A-Za-z0-9._@:-]+)*)*$",
        max_length=255,
    ),
]
"""Without anything that RFC 4514 escapes, and without ``?``, behind which sssd reads a scope and a filter."""

GroupName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")]
"""A group of the directory; commas, blanks, ``*`` and ``@`` mean something else in lists of sssd."""

CertificateFingerprint = Annotated[str, StringConstraints(pattern=r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$")]
"""SHA-256 of a certificate, as ``openssl x509 -noout -fingerprint -sha256`` prints it."""


class DirectoryCa(Frozen):
    """The certification authority whose certificates the servers of the directory show."""

    file: FilePath
    """File beside the facility file: one certificate in PEM."""
    fingerprint: CertificateFingerprint
    """Its fingerprint, learned on another way than the file: a file with another one is refused."""


class Directory(Frozen):
    """Where hosts look people up: OpenLDAP, 389 Directory Server or FreeIPA."""

    uris: Annotated[tuple[LdapUri, ...], Field(min_length=1)]
    """Servers, the first asked first: `ldaps://`, or `ldap://` for StartTLS. Nothing is asked without TLS."""
    base: DistinguishedName
    """Where people and groups lie."""
    ca: DirectoryCa
    bind_dn: DistinguishedName | None = None
    """As whom hosts ask; its password is a secret and stands elsewhere. Left out: they ask without a name."""
    schema_: Annotated[Literal["rfc2307", "rfc2307bis", "ipa"], Field(alias="schema")] = "rfc2307bis"
    """How groups name their members: `memberUid` (rfc2307) or `member` (the others)."""
    login_groups: Annotated[tuple[GroupName, ...], Field(min_length=1)]
    """Groups whose members may enter the login node; on other hosts the directory lets nobody in."""
    administrator_groups: tuple[GroupName, ...] = ()
    """Groups whose members may enter every host."""
    ssh_keys: Literal["directory", "home"] = "directory"
    """Whether the login node takes SSH keys out of the directory, or only those in home folders."""
    passwords: Literal["refused", "checked"] = "refused"
    """Whether hosts let the directory check passwords; refused, an SSH key is the only way in."""
    home: HostPath | None = None
    """Folder of the homes, on a file system that all hosts share; left out: what the directory says."""
    cache_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 90
    """How long an answer counts before the directory is asked again; all count while it does not answer."""
    probe_user: UserName | None = None
    """Somebody whom every host has to know: the proof of an apply looks for them."""


BENCH_USER = "mwbench"
"""The user of the role ``users`` under whom checks run."""


def find_directory_problems(facility: "Facility") -> Iterator[Finding]:
    """One way of TLS, hosts that ask, and a probe that only the directory can know."""
    directory = facility.directory
    if directory is None:
        return
    if not facility.services:
        yield Finding(
            "MW1311", "directory", "no host that Millwright manages would use it", "services, or no directory"
        )
    yield from _servers(directory)
    if ".." in directory.ca.file.split("/"):
        yield Finding(
            "MW1005", "directory.ca.file", "leads out of the facility's folder", "a path without .."
        )
    for key, groups in (
        ("login_groups", directory.login_groups),
        ("administrator_groups", directory.administrator_groups),
    ):
        for group in sorted({group for group in groups if groups.count(group) > 1}):
            yield Finding("MW1313", f"directory.{key}", f"{group} is given twice", "each group once")
    local = {user.name for antenna in facility.antennas.values() for user in antenna.users} | {BENCH_USER}
    if directory.probe_user in {*local, "root"}:
        text = f"{directory.probe_user} is a local user of the hosts, so it proves nothing"
        yield Finding("MW1314", "directory.probe_user", text, "a user whom only the directory knows")


def _servers(directory: Directory) -> Iterator[Finding]:
    schemes = {uri.partition(":")[0] for uri in directory.uris}
    if len(schemes) > 1:
        yield Finding(
            "MW1315", "directory.uris", "both ldap:// and ldaps://", "StartTLS for all of them, or for none"
        )
    for uri in sorted({uri for uri in directory.uris if directory.uris.count(uri) > 1}):
        yield Finding("MW1316", "directory.uris", f"{uri} is given twice", "each server once")
    for index, uri in enumerate(directory.uris):
        port = uri.rpartition(":")[2]
        if port.isdigit() and not 0 < int(port) < 65536:
            yield Finding("MW1317", f"directory.uris.{index}", f"{port} is not a port", "1 to 65535")
