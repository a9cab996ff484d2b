"""Accelerator-hours of a period as a waterfall: from what exists to what was productive.

Every accelerator-hour is in exactly one of maintenance, unplanned, drained, idle and allocated, the first
that matches in that order; what a job still holds on a draining node is allocated. Lost is what a failed
job held after its last checkpoint. Sums are exact.
"""

import datetime
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from millwright.core.errors import BadInputError, Problem

FAILED_STATES = frozenset({"BOOT_FAIL", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY"})
"""States of Slurm after which what a job computed since its last checkpoint is lost."""
Moment = datetime.datetime
Span = tuple[Moment, Moment]


@dataclass(frozen=True, slots=True)
class Outage:
    """Nodes out of service for some time."""

    nodes: Sequence[str]
    start: Moment
    end: Moment


@dataclass(frozen=True, slots=True)
class Job:
    """A job with the accelerators it holds on each node."""

    id: str
    nodes: Mapping[str, int]
    start: Moment
    end: Moment
    state: str = "COMPLETED"
    lost_from: Moment | None = None
    """Its last checkpoint, if it failed; its start where it wrote none."""

    @property
    def loses_from(self) -> Moment | None:
        """From when on its work is lost; None for a job that finished."""
        if self.lost_from is not None:
            return max(self.lost_from, self.start)
        return self.start if self.state in FAILED_STATES else None


@dataclass(frozen=True, slots=True)
class Machine:
    """The accelerators and when each node was installed."""

    accelerators_per_node: int
    nodes: Sequence[str]
    installed: Mapping[str, Moment]
    """Nodes that were installed within the period; the others were before."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Accelerator-hours."""

    total: Fraction
    """Of installed nodes: maintenance + unplanned + drained + idle + allocated."""
    not_installed: Fraction
    maintenance: Fraction
    unplanned: Fraction
    drained: Fraction
    idle: Fraction
    allocated: Fraction
    lost: Fraction

    @property
    def productive(self) -> Fraction:
        """Allocated less lost."""
        return self.allocated - self.lost

    @property
    def availability_scheduled(self) -> Fraction | None:
        """Share of the time outside of maintenance without outage; None if there was no such time."""
        scheduled = self.total - self.maintenance
        return (scheduled - self.unplanned) / scheduled if scheduled else None

    @property
    def availability_actual(self) -> Fraction | None:
        """Share of all time without maintenance or outage."""
        return (self.total - self.maintenance - self.unplanned) / self.total if self.total else None

    @property
    def utilisation(self) -> Fraction | None:
        """Allocated of total."""
        return self.allocated / self.total if self.total else None

    @property
    def goodput(self) -> Fraction | None:
        """Productive of allocated."""
        return self.productive / self.allocated if self.allocated else None


def waterfall(  # noqa: PLR0913 - the kinds of events
    period: Span,
    machine: Machine,
    *,
    maintenance: Sequence[Outage] = (),
    unplanned: Sequence[Outage] = (),
    drained: Sequence[Outage] = (),
    jobs: Sequence[Job] = (),
) -> Waterfall:
    """Divide a period; raises :exc:`BadInputError` with every impossible event.

    Two jobs may not hold more accelerators of a node than it has at any moment.
    """
    outages = {"maintenance": maintenance, "unplanned": unplanned, "drained": drained}
    problems = [*_find_problems(period, machine, outages, jobs)]
    sums = dict.fromkeys(("not_installed", *outages, "idle", "allocated", "lost"), Fraction(0))
    for node in machine.nodes if not problems else ():
        own = {kind: [(o.start, o.end) for o in found if node in o.nodes] for kind, found in outages.items()}
        held = [job for job in jobs if node in job.nodes]
        problems += _divide(node, period, machine, own, held, sums)
    if problems:
        raise BadInputError(problems)
    installed = sum((sums[kind] for kind in (*outages, "idle", "allocated")), Fraction(0))
    return Waterfall(total=installed, **sums)


def _divide(  # noqa: PLR0913, PLR0917 - all that concerns one node
    node: str,
    period: Span,
    machine: Machine,
    outages: Mapping[str, Sequence[Span]],
    jobs: Sequence[Job],
    sums: dict[str, Fraction],
) -> Iterator[Problem]:
    """Add the node's accelerator-hours to ``sums``, from one change of anything to the next."""
    installed = machine.installed.get(node, period[0])
    moments = {*period, installed, *(at for spans in outages.values() for span in spans for at in span)}
    moments |= {at for job in jobs for at in (job.start, job.end, job.loses_from) if at is not None}
    times = sorted(at for at in moments if period[0] <= at <= period[1])
    for start, end in itertools.pairwise(times):
        hours = _hours(start, end)
        all_hours = machine.accelerators_per_node * hours
        now = {kind for kind, spans in outages.items() if any(s <= start < e for s, e in spans)}
        running = [job for job in jobs if job.start <= start < job.end]
        held = sum(job.nodes[node] for job in running)
        if held > machine.accelerators_per_node:
            names = ", ".join(job.id for job in running)
            expected = f"at most {machine.accelerators_per_node}"
            text = f"{held} accelerators are held at {start.isoformat()} by {names}"
            yield Problem("jobs", node, text, expected, code="MW7580")
        elif start < installed:
            sums["not_installed"] += all_hours
        elif out := next((kind for kind in ("maintenance", "unplanned") if kind in now), None):
            sums[out] += all_hours
        else:
            sums["drained" if "drained" in now else "idle"] += all_hours - held * hours
            sums["allocated"] += held * hours
            lost = sum(job.nodes[node] for job in running if job.loses_from and job.loses_from <= start)
            sums["lost"] += lost * hours


def _hours(start: Moment, end: Moment) -> Fraction:
    return Fraction((end - start) // datetime.timedelta(microseconds=1), 3_600_000_000)


def _find_problems(
    period: Span, machine: Machine, outages: Mapping[str, Sequence[Outage]], jobs: Sequence[Job]
) -> Iterator[Problem]:
    if period[0] >= period[1]:
        yield Problem("period", "-", "ends before it starts", "start, then end", code="MW7581")
    if len(set(machine.nodes)) != len(machine.nodes):
        yield Problem("nodes", "-", "a node is named twice", "each node once", code="MW7582")
    events: list[tuple[str, Outage | Job]] = [
        (f"{kind}[{n}]", outage) for kind, found in outages.items() for n, outage in enumerate(found)
    ]
    events += [(f"jobs.{job.id}", job) for job in jobs]
    for key, event in events:
        if event.start > event.end:
            yield Problem(key, "-", "ends before it starts", "start, then end", code="MW7581")
        for node in event.nodes:
            if node not in machine.nodes:
                yield Problem(key, node, "is not a node of the machine", "one of nodes", code="MW7583")
    ids = [job.id for job in jobs]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield Problem("jobs", name, "is listed twice", "each job once", code="MW7584")
    for job in jobs:
        if job.lost_from is not None and job.lost_from > job.end:
            yield Problem(f"jobs.{job.id}", "lost_from", "is after its end", "at most end", code="MW7585")
        for node, held in job.nodes.items():
            if held < 1:
                yield Problem(f"jobs.{job.id}", node, f"holds {held}", "1 or more", code="MW7586")
