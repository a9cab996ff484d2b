"""The directory that knows the people of a site: LDAP, over TLS only."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from millwright.facility.frozen import Frozen
from millwright.facility.names import UserName
from millwright.facility.paths import HostPath
from millwright.facility.trust import FilePath

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
