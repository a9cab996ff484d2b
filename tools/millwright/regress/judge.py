"""A run's series against an accepted baseline: EuroHPC's 90 % rule, and beside it the two-look rule."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from millwright.checks.declaration import Better, Statistic
from millwright.core.verdict import Verdict, severity
from millwright.regress.baseline import BaselineSeries
from millwright.regress.history import SeriesKey
from millwright.statistics.two_looks import (
    FEWEST_RUNS,
    REPEATS,
    Limits,
    find_limits,
    smallest_drop,
    smallest_drop_of_few,
)

Floats = NDArray[np.float64]

KEPT_SHARE = 0.9
"""EuroHPC's rule: a machine gives at least this share of its accepted baseline."""
LARGEST_DROP = 1 - KEPT_SHARE
"""If a drop of this share could go unnoticed, PASS would promise too much."""
NEGLIGIBLE = 0.01
"""A confirmed drop below this share of the baseline is no regression, however small the noise."""


class Look(StrEnum):
    """What the two-look rule found."""

    CLEAR = "clear"
    """The value is within the baseline."""
    SUSPICIOUS = "suspicious"
    """Fewer than four repeats are there."""
    CLEARED = "cleared by repeats"
    CONFIRMED = "confirmed by repeats"
    TOO_FEW_RUNS = "too few runs"
    """The baseline is too short for the rule."""
    EXACT = "exact"
    """Counted values have no noise: any worse value is a regression."""


@dataclass(frozen=True, slots=True)
class SeriesVerdict:
    """One series of a run beside its baseline, in the unit of its key."""

    key: SeriesKey
    better: Better
    runs: int
    """Baseline runs that measured it."""
    level: float | None
    """Median of the baseline; None without one."""
    value: float | None
    """None if the run has no value that counts."""
    drop: float | None
    """Share of the level by which the value, or the mean of four repeats, is worse; negative if better."""
    repeats: tuple[float, ...]
    """Values of the repeats, one a run, at most four."""
    keeps_90: bool | None
    """Whether EuroHPC's rule holds; None if there is nothing to hold it against."""
    look: Look
    smallest: float | None
    """Smallest drop that would be found; None if the baseline can't say."""
    verdict: Verdict
    reason: str

    @property
    def needs_repeats(self) -> bool:
        """Whether repeats would decide."""
        return self.look is Look.SUSPICIOUS


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a baseline says of one series, higher is better."""

    limits: Limits | None
    """None for a baseline that is too short."""
    smallest: float | None


def judge_series(
    baseline: Sequence[BaselineSeries],
    values: Mapping[SeriesKey, float],
    repeats: Mapping[SeriesKey, Sequence[float]],
    absent: Mapping[SeriesKey, str],
) -> tuple[SeriesVerdict, ...]:
    """Judge every series of a baseline, the worst first.

    ``values`` are those of the run, ``repeats`` those of the runs that repeated it, oldest first. A series
    without a value is NOT MEASURED with the reason in ``absent``; one that is in neither was not asked for
    and is left out.
    """
    asked = [each for each in baseline if each.series in values or each.series in absent]
    bounds = find_bounds(asked)
    verdicts = [
        _judge(each, bounds[each.series], values[each.series], repeats.get(each.series, ())[:REPEATS])
        if each.series in values
        else _absent(each, absent[each.series])
        for each in asked
    ]
    return tuple(sorted(verdicts, key=lambda each: (severity(each.verdict), -(each.drop or 0.0), each.key)))


def find_bounds(baseline: Sequence[BaselineSeries]) -> dict[SeriesKey, Bounds]:
    """Limits and smallest drops of many series; those of one length at once."""
    groups: dict[int, list[BaselineSeries]] = {}
    for each in baseline:
        groups.setdefault(len(each.values), []).append(each)
    found: dict[SeriesKey, Bounds] = {}
    for length, group in groups.items():
        table = np.array([_upwards(each, each.values) for each in group])
        if length < FEWEST_RUNS:
            few = [smallest_drop_of_few(row) for row in table]
            found |= {each.series: Bounds(None, drop) for each, drop in zip(group, few, strict=True)}
            continue
        limits = find_limits(table)
        smallest = smallest_drop(table, limits)
        for row, each in enumerate(group):
            own = Limits(limits.suspicious_below[row : row + 1], limits.confirmed_below[row : row + 1])
            least = None if math.isnan(smallest[row]) else max(float(smallest[row]), NEGLIGIBLE)
            found[each.series] = Bounds(own, least)
    return found


def _upwards(series: BaselineSeries, values: Sequence[float]) -> Floats:
    """Values for which higher is better."""
    sign = 1.0 if series.better is Better.HIGHER else -1.0
    return sign * np.array(values, dtype=np.float64)


def _judge(series: BaselineSeries, bounds: Bounds, value: float, repeats: Sequence[float]) -> SeriesVerdict:
    if series.exact or series.statistic is Statistic.DEFECTS:
        return _judge_exact(series, value)
    level = float(np.median(series.values))
    is_repeated = len(repeats) == REPEATS
    first = _keeps(series, level, value)
    is_suspicious = first is False or _is_below(series, bounds, value)
    decisive = float(np.mean(repeats)) if is_suspicious and is_repeated else value
    keeps = _keeps(series, level, decisive)
    look = _look(series, bounds, level, is_suspicious=is_suspicious, repeats=repeats)
    verdict, reason = _decide(series, look, keeps, bounds, len(repeats))
    return SeriesVerdict(
        key=series.series,
        better=series.better,
        runs=len(series.values),
        level=level,
        value=value,
        drop=_drop(series, level, decisive),
        repeats=tuple(repeats),
        keeps_90=keeps,
        look=look,
        smallest=bounds.smallest,
        verdict=verdict,
        reason=reason,
    )


def _is_below(series: BaselineSeries, bounds: Bounds, value: float) -> bool:
    limits = bounds.limits
    return limits is not None and bool(_upwards(series, [value])[0] < limits.suspicious_below[0])


def _keeps(series: BaselineSeries, level: float, value: float) -> bool | None:
    """EuroHPC's rule on a rate or a time; None for a level of 0 or below, of which there is no share."""
    if level <= 0:
        return None
    return value >= KEPT_SHARE * level if series.better is Better.HIGHER else value <= level / KEPT_SHARE


def _drop(series: BaselineSeries, level: float, value: float) -> float | None:
    if level == 0:
        return None
    worse_by = level - value if series.better is Better.HIGHER else value - level
    return worse_by / abs(level)


def _look(
    series: BaselineSeries, bounds: Bounds, level: float, *, is_suspicious: bool, repeats: Sequence[float]
) -> Look:
    if not is_suspicious:
        return Look.CLEAR if bounds.limits else Look.TOO_FEW_RUNS
    if len(repeats) < REPEATS:
        return Look.SUSPICIOUS
    if bounds.limits is None:
        return Look.TOO_FEW_RUNS
    mean = float(np.mean(_upwards(series, repeats)))
    is_noticeable = (_drop(series, level, float(np.mean(repeats))) or math.inf) >= NEGLIGIBLE
    is_below = mean < float(bounds.limits.confirmed_below[0])
    return Look.CONFIRMED if is_below and is_noticeable else Look.CLEARED


def _decide(
    series: BaselineSeries, look: Look, keeps: bool | None, bounds: Bounds, repeats: int
) -> tuple[Verdict, str]:
    """The verdict of both rules together, with the reason."""
    share = f"{KEPT_SHARE:.0%} of the baseline"
    if keeps is False:
        basis = f"the mean of {REPEATS} repeats" if repeats >= REPEATS else "one look; --confirm repeats it"
        return Verdict.FAIL, f"below {share} ({basis})"
    if look is Look.CONFIRMED:
        return Verdict.FAIL, f"worse than the baseline, confirmed by {REPEATS} repeats"
    if look is Look.SUSPICIOUS:
        return Verdict.INCONCLUSIVE, f"suspicious: {repeats} of {REPEATS} repeats are there; --confirm"
    kept = (
        f"at least {share}"
        if keeps
        else f"no share can be taken of a baseline of {np.median(series.values):.4g}"
    )
    if bounds.limits is None:
        kept = (
            f"{kept}, by the 90 % rule alone: {len(series.values)} runs, {FEWEST_RUNS} needed for two looks"
        )
    elif look is Look.CLEARED:
        kept = f"{kept}; suspicious at first, not confirmed by {REPEATS} repeats"
    if bounds.smallest is None:
        return Verdict.INCONCLUSIVE, f"{kept}; how small a drop would be found can't be stated"
    if bounds.smallest > LARGEST_DROP:
        return Verdict.INCONCLUSIVE, f"{kept}, but only a drop of {bounds.smallest:.1%} would be found"
    return Verdict.PASS, kept


def _judge_exact(series: BaselineSeries, value: float) -> SeriesVerdict:
    """Counted values, wrong results among them: no noise explains a worse one."""
    worst = float(min(series.values) if series.better is Better.HIGHER else max(series.values))
    is_worse = value < worst if series.better is Better.HIGHER else value > worst
    reason = f"{'worse' if is_worse else 'no worse'} than any of the baseline, whose worst is {worst:.6g}"
    level = float(np.median(series.values))
    return SeriesVerdict(
        key=series.series,
        better=series.better,
        runs=len(series.values),
        level=level,
        value=value,
        drop=_drop(series, level, value),
        repeats=(),
        keeps_90=_keeps(series, level, value),
        look=Look.EXACT,
        smallest=None,
        verdict=Verdict.FAIL if is_worse else Verdict.PASS,
        reason=reason,
    )


def _absent(series: BaselineSeries, reason: str) -> SeriesVerdict:
    return SeriesVerdict(
        key=series.series,
        better=series.better,
        runs=len(series.values),
        level=float(np.median(series.values)),
        value=None,
        drop=None,
        repeats=(),
        keeps_90=None,
        look=Look.EXACT if series.exact else Look.CLEAR,
        smallest=None,
        verdict=Verdict.NOT_MEASURED,
        reason=reason,
    )
