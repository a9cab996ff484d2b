"""What is known of each node's service: Slurm's state, who drained it, since when, why, and its health."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from millwright.adapters.slurm.nodes import SlurmNode
from millwright.fleet.service.drain import holder_of, owner_in, words_in

HEALTH = "health"
"""Purpose of a drain by the node health program."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node."""

    node: str
    partitions: tuple[str, ...]
    state: str
    """Slurm's words; ``unknown`` where Slurm does not know the node."""
    owner: str = ""
    """Who drained it; empty if nobody did."""
    since: str = ""
    """When it was drained, ISO 8601 in UTC."""
    reason: str = ""
    health: str = "responds"
    """``responds``, ``faulty`` by the node health program, ``lost`` or ``unknown``."""

    @property
    def is_reached(self) -> bool:
        """Whether Slurm hears of the node."""
        return self.health not in {"lost", "unknown"}


def status_of(nodes: Mapping[str, SlurmNode], wanted: Iterable[str]) -> tuple[NodeStatus, ...]:
    """One line for each node that is asked for."""
    return tuple(
        _status(nodes[name]) if name in nodes else NodeStatus(name, (), "unknown", health="unknown")
        for name in wanted
    )


def _status(node: SlurmNode) -> NodeStatus:
    has_reason = node.is_drained or bool(node.reason)
    since = node.reason_since if has_reason else None
    return NodeStatus(
        node=node.name,
        partitions=node.partitions,
        state=node.state,
        owner=holder_of(node),
        since=since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else "",
        reason=words_in(node.reason),
        health=_health(node),
    )


def _health(node: SlurmNode) -> str:
    owner = owner_in(node.reason)
    if not node.responds:
        return "lost"
    return "faulty" if owner and owner.purpose == HEALTH else "responds"
