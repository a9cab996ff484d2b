"""Bounds of a quantile from order statistics, without assuming a distribution.

The number of ``n`` values that are at most the true quantile ``q`` is binomial with p = q: W. J. Conover,
*Practical Nonparametric Statistics*, 3rd edition, 3.2. Bounds are one-sided.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from millwright.statistics.interval import CONFIDENCE


@dataclass(frozen=True, slots=True)
class QuantileBounds:
    """A quantile of repeated measurements, in their unit."""

    value: float
    """The order statistic at rank ceil(n q)."""
    low: float | None
    """The quantile is at least this, with the confidence; None if ``n`` is too small to say so."""
    high: float | None
    """Likewise: at most this."""


@cache
def bound_ranks(n: int, q: float, confidence: float = CONFIDENCE) -> tuple[int | None, int | None]:
    """Ranks, from 1, of the sorted values that bound the quantile ``q`` from below and from above.

    Low: the largest r with P(X <= r - 1) <= 1 - confidence; high: the smallest r with P(X <= r - 1) >=
    confidence, X binomial with ``n`` and ``q``.

    >>> bound_ranks(299, 0.99)[1], bound_ranks(298, 0.99)[1]
    (299, None)
    """
    if n < 1 or not 0 < q < 1 or not 0 < confidence < 1:
        raise ValueError("n is at least 1; a quantile and a confidence are between 0 and 1")
    from scipy.stats import binom  # noqa: PLC0415 - two seconds that other statistics need not wait

    below = binom.cdf(np.arange(n), n, q)
    low = int(np.searchsorted(below, 1 - confidence, side="right"))
    high = int(np.searchsorted(below, confidence, side="left")) + 1
    return low or None, high if high <= n else None


def quantile_bounds(ordered: NDArray[np.float64], q: float, confidence: float = CONFIDENCE) -> QuantileBounds:
    """The quantile of sorted values with its one-sided bounds."""
    n = len(ordered)
    low, high = bound_ranks(n, q, confidence)
    return QuantileBounds(
        value=float(ordered[max(1, math.ceil(n * q - 1e-9)) - 1]),
        low=float(ordered[low - 1]) if low else None,
        high=float(ordered[high - 1]) if high else None,
    )


def fewest_for_quantile(q: float, confidence: float = CONFIDENCE) -> int:
    """Values below which no upper bound of the quantile exists: 1 - q ** n >= confidence.

    >>> fewest_for_quantile(0.99), fewest_for_quantile(0.5)
    (299, 5)
    """
    if not 0 < q < 1 or not 0 < confidence < 1:
        raise ValueError("a quantile and a confidence are between 0 and 1")
    return math.ceil(math.log(1 - confidence) / math.log(q) - 1e-12)


def rate_not_excluded(n: int, confidence: float = CONFIDENCE) -> float:
    """The rate of defects that ``n`` repetitions without any do not exclude: 1 - (1 - confidence) ** (1 / n).

    >>> round(rate_not_excluded(15), 3)
    0.181
    """
    if n < 1:
        raise ValueError("no repetition")
    return 1 - float((1 - confidence) ** (1 / n))
