"""Which nodes go first: the first of each partition that answer, so that a dead one proves nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from millwright.fleet.rollout.journal import Journal

MAX_TRIED = 16
"""Nodes of a partition that are asked in place of canaries that do not answer."""

CANARIES = "canaries"
"""Event of a journal."""

Answering = Callable[[Sequence[str]], frozenset[str]]
"""Those of some nodes that can be changed now."""


@dataclass(frozen=True, slots=True)
class Canaries:
    """The nodes that go first."""

    chosen: tuple[str, ...]
    instead_of: Mapping[str, str] = field(default_factory=dict)
    """Each canary that does not answer, with the node that takes its place."""
    missing: tuple[str, ...] = ()
    """Canaries that do not answer and that no node could replace; they stay canaries."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not as one would expect, a sentence each."""
        replaced = (f"{node} can't go first, {other} does" for node, other in self.instead_of.items())
        return (*replaced, *(f"{node} can't go first, nor any node near it" for node in self.missing))


def choose_canaries(partitions: Mapping[str, Sequence[str]], count: int, answering: Answering) -> Canaries:
    """The first `count` nodes of each partition; for one that does not answer, the next one that does."""
    wanted = {name: tuple(nodes[:count]) for name, nodes in partitions.items()}
    spare = {name: tuple(nodes[count : count + MAX_TRIED]) for name, nodes in partitions.items()}
    up = answering(_all(nodes for name, nodes in wanted.items() if spare[name]))
    silent = {
        name: [node for node in nodes if node not in up] for name, nodes in wanted.items() if spare[name]
    }
    alive = answering(_all(spare[name] for name, nodes in silent.items() if nodes))
    chosen: dict[str, None] = {}
    instead_of: dict[str, str] = {}
    for name, nodes in wanted.items():
        free = iter([node for node in spare[name] if node in alive])
        for node in nodes:
            other = next(free, None) if node in silent.get(name, ()) else None
            if other:
                instead_of[node] = other
            chosen[other or node] = None
    missing = tuple(node for nodes in silent.values() for node in nodes if node not in instead_of)
    return Canaries(tuple(chosen), instead_of, missing)


def _all(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node for nodes in groups for node in nodes))


def noted_canaries(journal: Journal) -> Canaries | None:
    """The canaries that a run began with; None if it did not come that far."""
    for entry in journal.entries():
        chosen, instead_of, missing = (entry.get(name) for name in ("chosen", "instead_of", "missing"))
        if entry["event"] == CANARIES and isinstance(chosen, list) and isinstance(instead_of, dict):
            return Canaries(tuple(chosen), instead_of, tuple(missing if isinstance(missing, list) else ()))
    return None
