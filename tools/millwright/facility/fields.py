"""Field types that keep hostile text out of shells, host names and configuration files."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from millwright.core.node_sets import check_node_set, expand

HOST_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"

HostName = Annotated[str, StringConstraints(pattern=HOST_PATTERN)]
"""A host name as RFC 1123 allows it, in lower case."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
"""The name of a facility, partition, node class or antenna: safe in Slurm, SSH, paths and groups."""

UserName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,30}$")]
"""A POSIX user or account name."""

RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
"""The name of an Ansible role under `playbooks/roles/`."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Free text on one line. It may hold any printable character, so every consumer must quote it."""

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
        message = f"{names}{more}: no name of a host, expected lower-case letters, digits and hyphens"
        raise ValueError(message)
    return text


HostSetText = Annotated[str, AfterValidator(_check_hosts)]
"""A node set of which every name is one that a host can have."""

HostPath = Annotated[
    str,
    StringConstraints(pattern=r"^(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$", max_length=255),
]
"""An absolute path without blanks, dots at the start of a part, or anything that a unit file would expand."""

Url = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~@+-]*)*$", max_length=255
    ),
]
"""An HTTP address without user name, query or blanks."""
