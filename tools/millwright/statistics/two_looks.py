"""Whether a series became worse: a suspicious value is repeated before it counts.

One look at a time can't have both few false alarms and small drops found. Two looks can: a value below
``suspicious_below`` is repeated four times at once, and only the mean of the repeats decides. A baseline is
the values of accepted runs in their order, one a run, higher is better (a metric that improves downwards is
negated). The limits lie below

* suspicious: the baseline's mean less 1.65 standard deviations;
* confirmed: the lowest mean of four successive runs less 0.75 + r² standard deviations of such means, r being
  the correlation of successive runs, and the mean less 2.3 s √(1/4 + 1/n), the lower of the two.

``tools/benchmarks/regressions.py`` has the simulations behind these constants, decision 0040 what they say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

REPEATS = 4
FEWEST_RUNS = 30
"""Runs of a baseline below which the limits are not reliable."""
LOOK_SPREADS = 1.65
MEAN_SPREADS = 2.3
WINDOW_SPREADS = 0.75
FOUND_QUANTILE = 0.7
"""Share of single checks that find a drop of :func:`smallest_drop`.

It makes 1 - 0.3³ = 0.97 within three runs of the very baseline, and at least 0.90 of values that are new.
"""
DROP_SPREADS = 2.3
"""Smallest drop in standard deviations of independent values, for baselines too short for the limits."""
ROUNDING = 1e-9
"""Share of the level below which two values are the same."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one or more baselines of the same length, one value each; in their unit, higher is better."""

    suspicious_below: Floats
    confirmed_below: Floats


def find_limits(baselines: Floats) -> Limits:
    """Limits of baselines, a row each; raises :exc:`ValueError` below :data:`FEWEST_RUNS` columns."""
    n = baselines.shape[1]
    if n < FEWEST_RUNS:
        raise ValueError(f"{n} runs are too few, {FEWEST_RUNS} needed")
    mean = baselines.mean(axis=1)
    spread = baselines.std(axis=1, ddof=1)
    windows = window_means(baselines)
    correlation = successive_correlation(baselines)
    lowest = windows.min(axis=1) - (WINDOW_SPREADS + correlation**2) * windows.std(axis=1, ddof=1)
    by_mean = mean - MEAN_SPREADS * spread * np.sqrt(1 / REPEATS + 1 / n)
    rounding = ROUNDING * np.abs(mean)
    return Limits(mean - LOOK_SPREADS * spread - rounding, np.minimum(lowest, by_mean) - rounding)


def window_means(values: Floats) -> Floats:
    """Means of each :data:`REPEATS` successive columns, a row for each row."""
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    means: Floats = (sums[:, REPEATS:] - sums[:, :-REPEATS]) / REPEATS
    return means


def successive_correlation(values: Floats) -> Floats:
    """Correlation of each row with itself one column later, at least 0."""
    centred = values - values.mean(axis=1, keepdims=True)
    total = np.square(centred).sum(axis=1)
    shared = (centred[:, 1:] * centred[:, :-1]).sum(axis=1)
    correlation: Floats = np.divide(shared, total, out=np.zeros_like(total), where=total > 0).clip(0.0, 1.0)
    return correlation


def smallest_drop(baselines: Floats, limits: Limits) -> Floats:
    """The smallest loss, as a share of the values, that is found with confidence in one of three runs.

    Each stretch of five successive baseline values stands for a check and its repeats (a block bootstrap,
    enumerated instead of drawn). The stretch finds a loss d once both limits are crossed by its values less
    their share d. NaN for a row with a value of 0 or of either sign, of which no share can be taken.
    """
    looks = baselines[:, :-REPEATS]
    repeats = window_means(baselines)[:, 1:]
    has_shares: NDArray[np.bool_] = np.logical_or((baselines > 0).all(axis=1), (baselines < 0).all(axis=1))
    rows = has_shares[:, None]
    by_look = (looks - limits.suspicious_below[:, None]) / np.where(rows, np.abs(looks), 1.0)
    by_repeats = (repeats - limits.confirmed_below[:, None]) / np.where(rows, np.abs(repeats), 1.0)
    found = np.quantile(np.maximum(by_look, by_repeats).clip(0.0), FOUND_QUANTILE, axis=1)
    drops: Floats = np.where(has_shares, found, np.nan)
    return drops


def smallest_drop_of_few(baseline: Floats) -> float | None:
    """About the smallest loss to be seen beside the noise of a short baseline, as a share of its mean.

    By the upper 95 % bound of the standard deviation of normal values; None for a single run or a mean of 0.
    """
    n, mean = len(baseline), abs(float(baseline.mean())) if len(baseline) else 0.0
    if n < 2 or mean == 0:
        return None
    from scipy.special import gammaincinv  # noqa: PLC0415 - other statistics need not wait for it

    chi_square = 2 * gammaincinv((n - 1) / 2, 0.05)
    bound = float(baseline.std(ddof=1)) * float(np.sqrt((n - 1) / chi_square))
    return DROP_SPREADS * bound / mean
