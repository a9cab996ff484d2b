"""Medians of many series at once, each as :mod:`millwright.statistics.interval` computes it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from millwright.statistics.interval import CONFIDENCE, Interval, interval_ranks

AT_A_TIME = 1 << 21
"""Values that are sorted at once: what a processor's cache nearly holds."""


def median_intervals(
    values: NDArray[np.float64], offsets: NDArray[np.int64], confidence: float = CONFIDENCE
) -> tuple[Interval, ...]:
    """Summarise series that follow each other in `values`; `offsets` has where each begins, and the last end.

    Raises :exc:`ValueError` if a series has no value or one is not finite.

    >>> found = median_intervals(np.array([1.0, 3.0, 2.0, 5.0]), np.array([0, 3, 4]))
    >>> [one.median for one in found]
    [2.0, 5.0]
    """
    lengths = np.diff(offsets)
    if (lengths < 1).any():
        raise ValueError("no value to summarise")
    if not np.isfinite(values[offsets[0] : offsets[-1]]).all():
        raise ValueError("every value must be a finite number")
    found: list[Interval | None] = [None] * len(lengths)
    for n in np.unique(lengths).tolist():
        which = np.flatnonzero(lengths == n)
        step = max(1, AT_A_TIME // n)
        for first in range(0, len(which), step):
            some = which[first : first + step]
            table = values[offsets[some][:, None] + np.arange(n)]
            for place, interval in zip(some.tolist(), _summarise(table, confidence), strict=True):
                found[place] = interval
    return tuple(interval for interval in found if interval is not None)


def _summarise(table: NDArray[np.float64], confidence: float) -> Sequence[Interval]:
    """One interval a row."""
    table.sort(axis=1)
    n = table.shape[1]
    ranks = interval_ranks(n, confidence)
    median = _middle(table)
    spread = np.abs(table - median[:, None])
    spread.sort(axis=1)
    low: list[float] | list[None] = table[:, ranks[0]].tolist() if ranks else [None] * len(table)
    high: list[float] | list[None] = table[:, ranks[1]].tolist() if ranks else [None] * len(table)
    ends = (table[:, 0].tolist(), table[:, -1].tolist())
    return [
        Interval(n, *one)
        for one in zip(median.tolist(), low, high, *ends, _middle(spread).tolist(), strict=True)
    ]


def _middle(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median of each sorted row, computed as :func:`numpy.median` does."""
    n = table.shape[1]
    middle: NDArray[np.float64] = table[:, (n - 1) // 2 : n // 2 + 1].mean(axis=1)
    return middle
