"""Which of a facility's expected values a run set out to measure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from millwright.checks.declaration import Scope
from millwright.core.node_sets import NodeSetError, expand, fold
from millwright.results.run_info import RunInfo
from millwright.verdicts.expectations import Expectation, expected_value

SPANNING = 2
"""Fewest nodes that a check of a whole partition is expected on."""


def narrow(expected: Expectation, nodes: Collection[str]) -> Expectation | None:
    """What is expected of these nodes alone: the value itself, one of fewer nodes, or nothing."""
    kept = tuple(node for node in expected.nodes if node in nodes)
    if expected.definition.scope is Scope.NODE and kept:
        return expected
    if expected.definition.scope is Scope.PARTITION and len(kept) >= SPANNING:
        return replace(expected, nodes=kept, place=fold(kept))
    return None


def split_asked(
    expectations: Sequence[Expectation], info: RunInfo
) -> tuple[tuple[Expectation, ...], tuple[Expectation, ...]]:
    """The expectations that the run recorded when it began, and all others.

    A run that recorded none is asked for all of them. Of one that was limited to some nodes, a value that
    spans a partition is expected of those nodes.
    """
    recorded, nodes = frozenset(info.expected), _nodes_of(info)
    asked: list[Expectation] = []
    left_out: list[Expectation] = []
    for each in expectations:
        found = each if nodes is None else narrow(each, nodes)
        if not recorded or (found and expected_value(found) in recorded):
            asked.append(found or each)
        else:
            left_out.append(each)
    return tuple(asked), tuple(left_out)


def _nodes_of(info: RunInfo) -> frozenset[str] | None:
    """Nodes that a run was limited to; None for all, and for text that is no node set."""
    try:
        return frozenset(expand(info.selection.nodes)) if info.selection.nodes else None
    except NodeSetError:
        return None


def find_wrongly_asked(expectations: Sequence[Expectation], info: RunInfo) -> Iterator[str]:
    """Values that a run recorded without its facility expecting them, and metrics that it dropped.

    A run may be limited to checks and nodes. It can't be limited to some metrics of a check: a metric that is
    missing from the record was taken out of it.
    """
    asked, left_out = split_asked(expectations, info)
    known = {expected_value(each) for each in asked}
    for value in sorted(set(info.expected) - known):
        what = f"{value.check} {value.metric} of {value.node}"
        yield f"it set out to measure {what}, which its facility does not expect"
    metrics: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in asked:
        metrics[each.partition, each.variant].add(each.metric)
    dropped = {
        (each.partition, each.variant, each.metric)
        for each in left_out
        if (each.partition, each.variant) in metrics
        and each.metric not in metrics[each.partition, each.variant]
    }
    for partition, check, metric in sorted(dropped):
        yield f"{metric} was left out of what it set out to measure with {check} on {partition}"
