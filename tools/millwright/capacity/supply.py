"""What the measured nodes of a partition add up to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from millwright.capacity.peak import Peak, find_peak
from millwright.catalogue.catalogue import Catalogue
from millwright.checks.declaration import Metric
from millwright.core.verdict import Verdict
from millwright.facility import Facility
from millwright.verdicts.scorecard import Rollup, Row, Scorecard


@dataclass(frozen=True, slots=True)
class Supply:
    """Capacity of one partition in one quantity, as one check measured it."""

    partition: str
    quantity: str
    """What the metric adds up to, for example ``fp64 rate``."""
    check: str
    variant: str
    """The check with its parameters, and its environment if another one measured the same."""
    metric: str
    unit: str
    total: float
    """Sum over nodes of the node's median; a node's median is the sum over its devices."""
    low: float | None
    """Sum of the lower ends of all medians' intervals; None if one has no interval.

    It bounds the sum as surely as each interval bounds its median even if all err the same way at
    once; where they err independently, the sum is known better than this.
    """
    high: float | None
    nodes_measured: int
    nodes_existing: int
    devices_measured: int
    """0 if nodes were measured as a whole."""
    peak: Peak | None
    """Published peak of one device."""
    peak_share: float | None
    """Total over the peak of the measured devices, 0 to 1."""
    no_peak: str
    """Why there is no share of the peak; empty if there is one."""
    virtual: bool
    """The facility is virtual: the figure exercises the chain and is no capacity of hardware."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Values that do not enter a capacity figure."""

    partition: str
    check: str
    """With its parameters."""
    metric: str
    nodes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """Every capacity figure of a run, and what is not in them."""

    supplies: tuple[Supply, ...]
    exclusions: tuple[Exclusion, ...]


def add_up(facility: Facility, scorecard: Scorecard, catalogue: Catalogue) -> Capacity:
    """Add up the nodes of each partition, quantity by quantity and check by check.

    Checks that measure the same quantity (processor and accelerator) are kept apart: nobody measured
    both at once. Emulated values never enter; a node of which an expected value is missing is left out
    whole. Both are listed as exclusions.
    """
    supplies: list[Supply] = []
    exclusions: list[Exclusion] = []
    for rollup in scorecard.rollups:
        rows, left_out = _choose(rollup)
        exclusions.extend(left_out)
        if rows and rollup.deciding.expectation.definition.adds_up_to:
            supplies.append(_add_up(facility, rollup, rows, catalogue))
    return Capacity(tuple(supplies), tuple(exclusions))


def _choose(rollup: Rollup) -> tuple[tuple[Row, ...], tuple[Exclusion, ...]]:
    """Rows that may enter a figure, and what is left out of it."""
    emulated = tuple(dict.fromkeys(row.node for row in rollup.rows if row.emulated and row.is_measured))
    real = [row for row in rollup.rows if not row.emulated]
    missing = {
        row.node: row.judgement.reason for row in real if row.judgement.verdict is Verdict.NOT_MEASURED
    }
    exclusions, check = [], rollup.variant
    if emulated:
        reason = "measured under emulation"
        exclusions.append(Exclusion(rollup.partition, check, rollup.metric, emulated, reason))
    if rollup.deciding.expectation.definition.adds_up_to:
        for reason in dict.fromkeys(missing.values()):
            nodes = tuple(node for node, why in missing.items() if why == reason)
            text = f"not measured: {reason}"
            exclusions.append(Exclusion(rollup.partition, check, rollup.metric, nodes, text))
    return tuple(row for row in real if row.node not in missing), tuple(exclusions)


def _add_up(facility: Facility, rollup: Rollup, rows: Sequence[Row], catalogue: Catalogue) -> Supply:
    metric = rollup.deciding.expectation.definition
    intervals = [row.judgement.interval for row in rows if row.judgement.interval]
    total = math.fsum(interval.median for interval in intervals)
    devices = sum(bool(row.device) for row in rows)
    peak = _find_peak(facility, rollup.partition, metric, catalogue, measured_devices=devices == len(rows))
    known = peak if isinstance(peak, Peak) else None
    return Supply(
        partition=rollup.partition,
        quantity=metric.adds_up_to or "",
        check=rollup.check,
        variant=rollup.variant,
        metric=rollup.metric,
        unit=metric.unit,
        total=total,
        low=_sum_or_none([interval.low for interval in intervals]),
        high=_sum_or_none([interval.high for interval in intervals]),
        nodes_measured=len({row.node for row in rows}),
        nodes_existing=len(facility.partitions[rollup.partition].node_names()),
        devices_measured=devices,
        peak=known,
        peak_share=total / (known.value * devices) if known else None,
        no_peak="" if known else str(peak),
        virtual=facility.kind == "virtual",
    )


def _sum_or_none(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) if len(known) == len(values) else None


def _find_peak(
    facility: Facility, partition: str, metric: Metric, catalogue: Catalogue, *, measured_devices: bool
) -> Peak | str:
    node_class = facility.class_of(partition)
    if node_class is None or node_class.accelerators is None:
        return "the node class names no part of the catalogue"
    if not measured_devices:
        return "the check measured nodes, not the part that the catalogue knows"
    return find_peak(catalogue, node_class.accelerators.part, metric)
