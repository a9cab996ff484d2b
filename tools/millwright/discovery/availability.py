"""Nodes that are out of service, from what ``sinfo --json`` prints."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from millwright.core.json_text import load_json
from millwright.discovery.nodes import Node, gres, words

OUT = frozenset(
    {"DRAIN", "DRAINED", "DRAINING", "DOWN", "FAIL", "FAILING", "FUTURE", "NOT_RESPONDING", "UNKNOWN"}
)
"""States in which Slurm gives a node no new job, or knows of it only what its configuration says."""


@dataclass(frozen=True, slots=True)
class OutOfService:
    """Nodes in one state for one reason."""

    nodes: tuple[str, ...]
    states: tuple[str, ...]
    reason: str


def parse_availability(text: str) -> tuple[OutOfService, ...]:
    """Nodes that are out of service, each once although a node of two partitions is told twice."""
    found: dict[OutOfService, None] = {}
    for group in _groups(text):
        states = tuple(state.upper() for state in words(_in(group, "node", "state")))
        nodes = words(_in(group, "nodes", "nodes"))
        if nodes and OUT & set(states):
            found[OutOfService(nodes, states, str(_in(group, "reason", "description") or ""))] = None
    return tuple(found)


def parse_grouped_nodes(text: str) -> tuple[Node, ...]:
    """Nodes, from groups of nodes in the same state; a number in which a group differs is 0, not known."""
    found: dict[str, Node] = {}
    for group in _groups(text):
        for name in words(_in(group, "nodes", "nodes")):
            found.setdefault(name, _node(name, group))
    return tuple(found.values())


def _groups(text: str) -> Iterator[Mapping[str, Any]]:
    """Groups since Slurm 23.02; before, ``sinfo --json`` printed what ``scontrol show nodes --json`` does."""
    try:
        groups = load_json(text)["sinfo"]
    except (ValueError, KeyError, TypeError):
        return
    yield from (group for group in groups if isinstance(group, Mapping)) if isinstance(groups, list) else ()


def _in(group: Mapping[str, Any], *keys: str) -> Any:  # noqa: ANN401 - whatever the JSON holds there
    value: Any = group
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _equal(group: Mapping[str, Any], key: str) -> int:
    low, high = _in(group, key, "minimum"), _in(group, key, "maximum")
    return low if isinstance(low, int) and low == high else 0


def _node(name: str, group: Mapping[str, Any]) -> Node:
    accelerator, count = gres(str(_in(group, "gres", "total") or ""))
    return Node(
        name=name,
        address=name,
        architecture="",
        sockets=_equal(group, "sockets"),
        cores_per_socket=_equal(group, "cores"),
        threads_per_core=_equal(group, "threads"),
        memory_mib=_equal(group, "memory"),
        accelerator=accelerator,
        accelerators=count,
        features=words(_in(group, "features", "total")),
        partitions=words(_in(group, "partition", "name")),
    )
