"""Whether samples come from where and when their job ran."""

from collections.abc import Collection, Iterator

import numpy as np

from millwright.core.node_sets import NodeSetError, expand
from millwright.results.measured import Flags, Floats, Measured
from millwright.results.parsers.probe_line import Fault
from millwright.results.parsers.reframe import Case, Session

CLOCK_SLACK_S = 60.0
"""By how much a node's clock may differ from that of the machine that ReFrame ran on."""
LOCAL = "local"
"""ReFrame's scheduler that starts jobs on its own machine, whose name need not be the facility's."""


def find_unbound(measured: Measured, case: Case, session: Session) -> Iterator[Fault]:
    """Nodes whose samples the job can't have measured, or not then."""
    allowed = nodes_of(case)
    for node in measured.nodes:
        if not _is_within(node, allowed):
            yield Fault(f"values of {node}, which the job did not run on", node)
    if measured.started is not None:
        yield from _find_untimely(measured, measured.started, job_time(case, session))


def nodes_of(case: Case) -> frozenset[str]:
    """The nodes that a case may speak for: those of its job."""
    is_local = case.scheduler == LOCAL
    return frozenset(case.nodes_taken if is_local and case.nodes_taken else case.nodes)


def job_time(case: Case, session: Session) -> tuple[float, float]:
    """When a job ran at the earliest and at the latest, in seconds since 1970 UTC."""
    begin = case.submitted if case.submitted is not None else session.started
    end = case.completed if case.completed is not None else session.finished
    return max(begin, session.started), min(end, session.finished)


def _is_within(node: str, allowed: Collection[str]) -> bool:
    if node in allowed:
        return True
    try:
        return {*expand(node)} <= {*allowed} and bool(expand(node))
    except NodeSetError:
        return False


def _find_untimely(measured: Measured, started: Floats, span: tuple[float, float]) -> Iterator[Fault]:
    begin, end = span
    unknown = np.isnan(started)
    early, late = started < begin - CLOCK_SLACK_S, started > end + CLOCK_SLACK_S
    for wrong, why in (
        (unknown, "samples without a start time beside others with one"),
        (early, "samples that began before its job"),
        (late, "samples that began after the end of its job"),
    ):
        for node, count in _count_by_node(measured, wrong):
            yield Fault(f"{node} printed {count} {why}", node)


def _count_by_node(measured: Measured, rows: Flags) -> Iterator[tuple[str, int]]:
    if not rows.any():
        return
    nodes = np.repeat(measured.node, np.diff(measured.offsets))[rows]
    for code, count in enumerate(np.bincount(nodes, minlength=len(measured.nodes)).tolist()):
        if count:
            yield measured.nodes[code], count
