"""Median of repeated measurements with a distribution-free interval.

The interval is made of two order statistics: whatever the distribution, the number of values below
the true median is binomial with p = 1/2, so ranks can be chosen that enclose it with at least the
confidence asked for. SciPy's ``quantile_test`` chooses them. Reference: W. J. Conover, *Practical
Nonparametric Statistics*, 3rd edition, section 3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats

CONFIDENCE = 0.95
"""Confidence of every interval that Millwright reports, unless a caller asks for another."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Median and spread of values of one unit."""

    n: int
    """How many values."""
    median: float
    low: float | None
    """Lower end of the median's interval; None where `n` is too small for the confidence."""
    high: float | None
    """Upper end of the median's interval; None where `n` is too small for the confidence."""
    minimum: float
    maximum: float
    mad: float
    """Median absolute deviation from the median, not scaled."""


@cache
def interval_ranks(n: int, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """Positions, counted from 0, of the sorted values that bound the median of `n` values.

    None where even the smallest and the largest value do not enclose it with that confidence.

    >>> interval_ranks(5), interval_ranks(6), interval_ranks(20)
    (None, (0, 5), (5, 14))
    """
    bounds = stats.quantile_test(np.arange(n), q=0, p=0.5).confidence_interval(confidence)
    low, high = cast("tuple[float, float]", bounds)  # a named tuple, which the type stubs do not know
    return None if np.isnan(low) or np.isnan(high) else (int(low), int(high))


def median_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """Summarise repeated measurements of one quantity.

    The interval holds the true median with at least `confidence`, for any distribution.
    Raises :exc:`ValueError` where there is no value or one is not finite.

    >>> median_interval([4.0, 1.0, 3.0, 2.0, 6.0, 5.0])
    Interval(n=6, median=3.5, low=1.0, high=6.0, minimum=1.0, maximum=6.0, mad=1.5)
    """
    ordered = _sorted_finite(values)
    ranks = interval_ranks(len(ordered), confidence)
    median = float(np.median(ordered))
    return Interval(
        n=len(ordered),
        median=median,
        low=float(ordered[ranks[0]]) if ranks else None,
        high=float(ordered[ranks[1]]) if ranks else None,
        minimum=float(ordered[0]),
        maximum=float(ordered[-1]),
        mad=float(np.median(np.abs(ordered - median))),  # twenty times as fast as SciPy's
    )


def _sorted_finite(values: Sequence[float]) -> NDArray[np.float64]:
    ordered: NDArray[np.float64] = np.sort(np.asarray(values, dtype=np.float64))
    if ordered.size == 0:
        raise ValueError("no value to summarise")
    if not np.isfinite(ordered).all():
        raise ValueError("every value must be a finite number")
    return ordered
