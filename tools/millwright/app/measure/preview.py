"""``millwright run --list`` and ``--dry-run``: what a run would measure, where, and how long it may take."""

from collections.abc import Iterable
from typing import Literal

from millwright.adapters.reframe.foreign import taken_partitions
from millwright.adapters.reframe.settings import QUICK_REPETITIONS, read_narrowing, session_variables
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.run import RunRequest, Work, plan_work
from millwright.checks.declaration import Tier
from millwright.core.node_sets import fold
from millwright.facility.topics.queues import job_limit_min, queue_of

REPETITIONS = 15
"""What a probe measures unless the facility asks for fewer."""


class PlannedCase(Part):
    """One check on one partition or antenna."""

    check: str
    """With its parameters, if it has any."""
    tags: tuple[str, ...]
    tiers: tuple[str, ...]
    """Occasions on which it is measured."""
    partition: str
    """Partition, or antenna for the checks of an antenna."""
    nodes: str
    """Folded node set that it would run on; the gateway of an antenna."""
    queue: str
    """Slurm partition that its job would be submitted to; empty without Slurm."""
    metrics: tuple[str, ...]
    values: int
    """Expected values: metrics by places."""
    limit_min: int | None
    """Longest time of its job in minutes; null for a check of an antenna."""
    estimate_s: float
    """Rough time that it takes by its declared cost, in seconds, without waiting in a queue."""


class PlannedSuite(Part):
    """A suite of checks that others wrote; only its own ReFrame knows which cases it has."""

    suite: str
    title: str
    patterns: tuple[str, ...]
    """Names of checks that the run was narrowed to; all that the suite includes if empty."""
    partitions: tuple[str, ...]
    repeat: int
    """How often each case would run."""


class RunPlan(Document):
    """What a run would measure; nothing was started."""

    format: Literal["millwright-run-dry-run/1"] = "millwright-run-dry-run/1"
    facility: str
    results: str
    """Folder that the run would be stored below."""
    cases: tuple[PlannedCase, ...]
    suites: tuple[PlannedSuite, ...] = ()
    limit_min: int
    """Sum of the longest times of all jobs in minutes: the run ends before that unless a queue is full.

    Jobs of foreign suites are left out: their checks set limits of their own.
    """


def preview_run(context: Context, request: RunRequest) -> RunPlan:
    """Choose what to measure as a run does.

    Raises :exc:`BadInputError` for everything that a run refuses before it starts.
    """
    work = plan_work(request, context.now())
    cases = tuple(_cases(work))
    return RunPlan(
        facility=work.facility.name,
        results=str(request.results),
        cases=cases,
        suites=tuple(_suites(work)),
        limit_min=sum(case.limit_min or 0 for case in cases),
    )


def _suites(work: Work) -> Iterable[PlannedSuite]:
    nodes = read_narrowing(session_variables(work.info.selection)).nodes
    for chosen in work.suites:
        yield PlannedSuite(
            suite=chosen.suite.name,
            title=chosen.suite.title,
            patterns=tuple(f"{chosen.suite.name}.{each}" for each in chosen.globs),
            partitions=taken_partitions(work.facility, chosen.suite, nodes),
            repeat=chosen.repeat,
        )


def _cases(work: Work) -> Iterable[PlannedCase]:
    virtual = work.facility.virtual
    usual = QUICK_REPETITIONS if work.info.selection.tier == Tier.QUICK else REPETITIONS
    repetitions = (virtual.repetitions if virtual else None) or usual
    keys = dict.fromkeys((each.variant, each.partition) for each in work.expected)
    for variant, place in keys:
        values = [each for each in work.expected if (each.variant, each.partition) == (variant, place)]
        declaration = work.registry[values[0].check]
        partition = work.facility.partitions.get(place)
        rounds = len({each.place for each in values}) if partition and partition.shared_hardware else 1
        uses_slurm = partition is not None and partition.scheduler == "slurm"
        queue = (work.info.selection.queue or queue_of(work.facility, place)) if uses_slurm else ""
        yield PlannedCase(
            check=variant,
            tags=tuple(sorted(declaration.all_tags)),
            tiers=tuple(map(str, declaration.tiers)),
            partition=place,
            nodes=fold(dict.fromkeys(node for each in values for node in each.nodes)),
            queue=queue,
            metrics=tuple(dict.fromkeys(each.metric for each in values)),
            values=len(values),
            limit_min=job_limit_min(work.facility, place, queue) if partition else None,
            estimate_s=declaration.cost.estimate_s(repetitions, rounds),
        )
