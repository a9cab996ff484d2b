"""Sets of node names in ClusterShell's syntax, for example ``rack-c[1-2]``."""

import re
from collections.abc import Iterable

from ClusterShell.NodeSet import NodeSet
from ClusterShell.RangeSet import RangeSet

MAX_NODES_IN_SET = 200_000
SET_PART = re.compile(r"(?:[^,\[\]]|\[[^\]]*\])+")
SLURM_PART = re.compile(r"[^\[\]]+(?:\[[0-9,-]+\])?")
"""What Slurm reads: a name, or one range at its end."""
RANGE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class NodeSetError(ValueError):
    """Text that is not a node set."""


def expand(node_set: str) -> tuple[str, ...]:
    """The nodes of a set in ClusterShell's order; raises :exc:`NodeSetError` if it is not a set.

    >>> expand("rack-c[1-2],rack-r1")
    ('rack-c1', 'rack-c2', 'rack-r1')
    """
    try:
        return tuple(str(node) for node in NodeSet(node_set, resolver=None))
    except Exception as error:  # ClusterShell raises several unrelated types
        raise NodeSetError(f"{node_set!r} is not a node set: {error}") from error


def fold(nodes: Iterable[str]) -> str:
    """Write nodes as one set, the reverse of :func:`expand`; raises :exc:`NodeSetError` likewise.

    >>> fold(("rack-c1", "rack-c2"))
    'rack-c[1-2]'
    """
    try:
        return str(NodeSet.fromlist(list(nodes), resolver=None))
    except Exception as error:  # as above
        raise NodeSetError(f"not names of nodes: {error}") from error


def fold_for_slurm(nodes: Iterable[str]) -> str:
    """Write nodes as one set that Slurm reads too: only the number at the end of a name is folded.

    >>> fold_for_slurm(("gpu1-ib", "gpu2-ib", "n1", "n2"))
    'gpu1-ib,gpu2-ib,n[1-2]'
    """
    parts = SET_PART.findall(fold(nodes))
    return ",".join(part if SLURM_PART.fullmatch(part) else _by_last_number(part) for part in parts)


def is_read_by_slurm(text: str) -> bool:
    """Whether Slurm reads a set as ClusterShell does."""
    return all(SLURM_PART.fullmatch(part) for part in SET_PART.findall(text))


def _by_last_number(part: str) -> str:
    """Names with the same text before their last number together; those that end otherwise each by itself."""
    groups: dict[str, list[str]] = {}
    for name in expand(part):
        groups.setdefault(name.rstrip("0123456789") if name[-1].isdecimal() else name, []).append(name)
    folded = []
    for prefix, names in groups.items():
        if len(names) == 1:
            folded.append(names[0])
        else:
            folded.append(f"{prefix}[{RangeSet.fromlist([name[len(prefix) :] for name in names])}]")
    return ",".join(folded)


def check_node_set(text: str) -> str:
    """Return a plain set of 1 to :data:`MAX_NODES_IN_SET` nodes; raises :exc:`NodeSetError` otherwise."""
    if not text.isascii() or any(character in text for character in " @*?!\\'\"`$;&|<>(){}"):
        raise NodeSetError("not a plain ClusterShell node set, expected for example rack-c[1-2]")
    widest = max((int(high) - int(low) for low, high in RANGE.findall(text)), default=0)
    if widest > MAX_NODES_IN_SET:  # ClusterShell would write every node down to count them
        raise NodeSetError(f"names {widest} nodes or more, expected 1 to {MAX_NODES_IN_SET}")
    try:
        size = len(NodeSet(text, resolver=None))
    except Exception as error:  # as above
        problem = f"not a ClusterShell node set ({error}), expected for example rack-c[1-2]"
        raise NodeSetError(problem) from error
    if not 0 < size <= MAX_NODES_IN_SET:
        raise NodeSetError(f"names {size} nodes, expected 1 to {MAX_NODES_IN_SET}")
    return text
