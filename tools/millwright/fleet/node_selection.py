"""The nodes or hosts that an argument of a command selects."""

from millwright.core.errors import BadInputError, Problem
from millwright.core.node_sets import NodeSetError, expand
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility


def select_nodes(facility: Facility, text: str) -> tuple[str, ...]:
    """Scheduled nodes of a node set or of partitions, all of them if the text is empty.

    Raises :exc:`BadInputError` for names that are neither.
    """
    known = {
        name: partition.node_names()
        for name, partition in facility.partitions.items()
        if partition.scheduler == "slurm"
    }
    every = tuple(node for nodes in known.values() for node in nodes)
    if not text:
        return every
    named = _expand(text, "NODES", "rack-c[1-2]")
    nodes = frozenset(every)
    unknown = [name for name in named if name not in nodes and name not in known]
    if unknown:
        raise BadInputError(
            Problem(
                "NODES",
                name,
                "unknown",
                f"a node or partition of {facility.name}{did_you_mean(name, [*known, *every])}",
                code="MW2214",
            )
            for name in unknown
        )
    return tuple(dict.fromkeys(node for name in named for node in known.get(name, (name,))))


def parse_limit(text: str) -> tuple[str, ...]:
    """Hosts and groups of ``--limit``; raises :exc:`BadInputError` if it is not a node set."""
    return _expand(text, "--limit", "for example rack-c[1-2]") if text else ()


def _expand(text: str, option: str, expected: str) -> tuple[str, ...]:
    try:
        return expand(text)
    except NodeSetError as error:
        raise BadInputError(
            [Problem(option, text, f"not a node set ({error})", expected, code="MW2215")]
        ) from error
