"""Two runs of a facility side by side: what changed by more than the intervals of both allow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from millwright.report.judged import Estimate, Group, Row, Series
from millwright.report.rows import name_nodes

Change = Literal["better", "worse", "no difference shown", "not comparable"]


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One value that both runs measured."""

    group: str
    variant: str
    metric: str
    says: str
    unit: str
    better: Literal["higher", "lower"]
    before: float
    """Median of the medians of the places that both runs measured."""
    after: float
    change: float | None
    """Of the medians as a share of the earlier one; None if that is 0."""
    places: int
    """Places that both runs measured."""
    improved: str
    """Folded set of the nodes whose intervals are apart, with the later one on the better side."""
    worsened: str
    result: Change
    """``worse`` if any place is, else ``better`` if any is."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against an earlier or another one."""

    run_id: str
    """Of the other run."""
    finished: str
    manifest_sha256: str
    values: tuple[ComparedValue, ...]
    only_here: tuple[str, ...]
    """Values that the other run lacks."""
    only_there: tuple[str, ...]


def compare_runs(
    groups: Sequence[Group], other: Sequence[Group], *, run_id: str, finished: str, manifest_sha256: str
) -> Comparison:
    """What the runs have in common, place by place; ``other`` is the earlier one."""
    after, before = _rows(groups), _rows(other)
    common = [key for key in after if key in before]
    return Comparison(
        run_id,
        finished,
        manifest_sha256,
        tuple(value for key in common if (value := _compare(key[0], before[key], after[key]))),
        tuple(" ".join(key) for key in after if key not in before),
        tuple(" ".join(key) for key in before if key not in after),
    )


def _rows(groups: Iterable[Group]) -> dict[tuple[str, str, str], Row]:
    return {
        (group.name, row.variant, row.metric): row for group in groups for row in group.rows if row.series
    }


def _compare(group: str, before: Row, after: Row) -> ComparedValue | None:
    pairs = list(_pairs(before, after))
    if not pairs:
        return None
    results = [(new.node, judge_change(old.estimate, new.estimate, after.better)) for old, new in pairs]
    old_median = median(old.estimate.median for old, _ in pairs)
    new_median = median(new.estimate.median for _, new in pairs)
    found = {result for _, result in results}
    order: tuple[Change, ...] = ("worse", "better", "no difference shown", "not comparable")
    is_comparable = before.unit == after.unit
    return ComparedValue(
        group=group,
        variant=after.variant,
        metric=after.metric,
        says=after.says,
        unit=after.unit if is_comparable else f"{before.unit}, {after.unit}",
        better=after.better,
        before=old_median,
        after=new_median,
        change=(new_median - old_median) / abs(old_median) if old_median and is_comparable else None,
        places=len(pairs),
        improved=name_nodes(node for node, result in results if result == "better") if is_comparable else "",
        worsened=name_nodes(node for node, result in results if result == "worse") if is_comparable else "",
        result=next(each for each in order if each in found) if is_comparable else "not comparable",
    )


def _pairs(before: Row, after: Row) -> Iterator[tuple[Series, Series]]:
    known = {(series.node, series.device): series for series in before.series}
    for series in after.series:
        if (series.node, series.device) in known:
            yield known[series.node, series.device], series


def judge_change(before: Estimate, after: Estimate, better: str) -> Change:
    """Whether the 95 % intervals of both medians are apart, and on which side.

    Disjoint intervals are a cautious test: two medians that differ may still overlap.
    """
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return "not comparable"
    if after.low > before.high:
        return "better" if better == "higher" else "worse"
    if after.high < before.low:
        return "worse" if better == "higher" else "better"
    return "no difference shown"
