"""Nodes whose class is too small for a comparison, found before anything is drained."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from millwright.checks.registry import Registry
from millwright.core.errors import NotTestableError
from millwright.core.node_sets import fold
from millwright.facility.model import Facility
from millwright.fleet.service.measuring import classes_of, expected_of
from millwright.statistics.outliers import FEWEST_PEERS


def require_peers(
    facility: Facility, registry: Registry, nodes: Sequence[str], ways: Mapping[str, str]
) -> None:
    """Raise :exc:`NotTestableError` if the facility has too few nodes to compare some of these with.

    ``ways`` are commands that go on all the same, each with its effect.
    """
    short = count_peers(facility, registry, nodes)
    found: dict[int, list[str]] = defaultdict(list)
    for node, peers in short.items():
        if peers < FEWEST_PEERS:
            found[peers].append(node)
    if found:
        lines = [
            f"{fold(names)}: too few nodes of the same class to compare with, {peers} of {FEWEST_PEERS}"
            for peers, names in sorted(found.items())
        ]
        hints = [f"{command} {effect}" for command, effect in ways.items()]
        raise NotTestableError("\n".join([*lines, "Nothing was drained or changed.", *hints]), code="MW5003")


def count_peers(facility: Facility, registry: Registry, nodes: Sequence[str]) -> dict[str, int]:
    """How many other nodes of its class each node can be compared with, by its least common metric.

    Nodes of which no metric of single nodes is expected are left out.
    """
    counts: dict[str, int] = {}
    for members in classes_of(facility, nodes).values():
        measured: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for expected in expected_of(facility, members.nodes | members.peers, registry):
            measured[expected.check, expected.parameters, expected.metric].add(expected.place)
        for everyone in measured.values():
            for node in everyone & members.nodes:
                counts[node] = min(counts.get(node, len(everyone) - 1), len(everyone) - 1)
    return {node: counts[node] for node in nodes if node in counts}
