"""Field types that keep hostile text out of shells, host names and configuration files."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from millwright.core.node_sets import check_node_set, expand

PATH_PATTERN = r"^(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$"
HOST_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"

HostName = Annotated[str, StringConstraints(pattern=HOST_PATTERN)]
"""A host name as RFC 1123 allows it, in lower case."""

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,31}$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""The name of a facility, partition, node class or antenna: safe in Slurm, SSH, paths and groups."""

USER_PATTERN = r"^[a-z_][a-z0-9_-]{0,30}$"
UserName = Annotated[str, StringConstraints(pattern=USER_PATTERN)]
"""A POSIX user or account name."""

RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
"""The name of an Ansible role under `playbooks/roles/`."""

LINE_PATTERN = r"^[^\x00-\x1f\x7f]+$"
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE_PATTERN)]
"""Free text on one line. It may hold any printable character, so every consumer must quote it."""

SENTENCES = {
    HOST_PATTERN: "the name of one host: lower-case letters, digits and hyphens, no domain and no set",
    NAME_PATTERN: "a name of up to 32 lower-case letters, digits and hyphens that begins with a letter",
    USER_PATTERN: "a user name: lower-case letters, digits, _ and -, at most 31 of them",
    LINE_PATTERN: "text on one line",
    PATH_PATTERN: "an absolute path of letters, digits, dots, _ and -",
}
"""What the patterns mean, for people."""

NodeSetText = Annotated[str, AfterValidator(check_node_set)]
"""Node names in ClusterShell's syntax, for example ``rack-c[1-2]``."""

MAX_NAMED = 3
"""Names of a set that a message lists."""


def _check_hosts(text: str) -> str:
    """Hold each name of a set against the rule for host names."""
    bad = [name for name in expand(check_node_set(text)) if not re.fullmatch(HOST_PATTERN, name)]
    if bad:
        more = f" and {len(bad) - MAX_NAMED} more" if len(bad) > MAX_NAMED else ""
        names = ", ".join(map(repr, bad[:MAX_NAMED]))
        expected = "lower-case letters, digits and hyphens"
        if all("." in name for name in bad):
            expected += "; a host's own name is short, its domain is network.domain"
        message = f"{names}{more}: no name of a host, expected {expected}"
        raise ValueError(message)
    return text


HostSetText = Annotated[str, AfterValidator(_check_hosts)]
"""A node set of which every name is one that a host can have."""

HostPath = Annotated[str, StringConstraints(pattern=PATH_PATTERN, max_length=255)]
"""An absolute path without blanks, dots at the start of a part, or anything that a unit file would expand."""

Url = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~@+-]*)*$", max_length=255
    ),
]
"""An HTTP address without user name, query or blanks."""
