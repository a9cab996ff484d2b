"""Field types that keep hostile text out of shells, host names and configuration files."""

from typing import Annotated

from ClusterShell.NodeSet import NodeSet, NodeSetException
from pydantic import AfterValidator, StringConstraints

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

MAX_NODES_IN_SET = 200_000


def _check_node_set(text: str) -> str:
    if not text.isascii() or any(character in text for character in " @*?!\\'\"`$;&|<>(){}"):
        msg = "not a plain ClusterShell node set, expected for example rack-c[1-2]"
        raise ValueError(msg)
    try:
        nodes = NodeSet(text, resolver=None)
        size = len(nodes)
    except NodeSetException as error:
        msg = f"not a ClusterShell node set ({error}), expected for example rack-c[1-2]"
        raise ValueError(msg) from error
    if not 0 < size <= MAX_NODES_IN_SET:
        msg = f"names {size} nodes, expected 1 to {MAX_NODES_IN_SET}"
        raise ValueError(msg)
    return text


NodeSetText = Annotated[str, AfterValidator(_check_node_set)]
"""Node names in ClusterShell's syntax, for example ``rack-c[1-2]``."""


def expand(node_set: str) -> tuple[str, ...]:
    """List the nodes of a set in ClusterShell's order.

    >>> expand("rack-c[1-2],rack-r1")
    ('rack-c1', 'rack-c2', 'rack-r1')
    """
    return tuple(str(node) for node in NodeSet(node_set, resolver=None))


def fold(nodes: tuple[str, ...]) -> str:
    """Write nodes as one set, the reverse of :func:`expand`.

    >>> fold(("rack-c1", "rack-c2"))
    'rack-c[1-2]'
    """
    return str(NodeSet.fromlist(list(nodes), resolver=None))
