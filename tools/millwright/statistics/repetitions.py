"""How many more repetitions would settle on which side of a limit a median lies."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from millwright.statistics.interval import CONFIDENCE, interval_ranks, lower_rank

MAX_REPETITIONS = 1000
"""Totals above this are not proposed: the answer is then that repeating does not help."""


def repetitions_to_decide(
    n: int, meeting: int, confidence: float = CONFIDENCE, *, at_most: int = MAX_REPETITIONS
) -> int | None:
    """How many further values would put the median's interval on one side of a limit.

    `n` values are at hand, of which `meeting` meet the limit.

    Method: the interval lies on one side as soon as no more values lie on the other than its lower
    rank (the sign test). Suppose that further values meet the limit in the share seen so far; the
    answer is the smallest total for which the interval then lies on one side, less `n`. It is a
    forecast: the share may change with the values to come.

    Returns 0 where the values decide already, and None where no total up to `at_most` would: they
    lie so evenly on both sides that repeating does not help. Raises :exc:`ValueError` where there is
    no value or `meeting` is not between 0 and `n`.

    >>> repetitions_to_decide(3, meeting=3), repetitions_to_decide(20, meeting=14)
    (3, 8)
    >>> repetitions_to_decide(8, meeting=4) is None
    True
    """
    if n < 1 or not 0 <= meeting <= n:
        raise ValueError(f"{meeting} of {n} values can't meet a limit")
    minority = min(meeting, n - meeting)
    ranks = interval_ranks(n, confidence)
    if ranks is not None and minority <= ranks[0]:
        return 0
    totals = np.arange(at_most + 1)
    decides = np.rint(totals * (minority / n)) <= _lower_ranks(at_most, confidence)
    deciding = totals[decides & (totals > n)]
    return int(deciding[0]) - n if deciding.size else None


@cache
def _lower_ranks(at_most: int, confidence: float) -> NDArray[np.float64]:
    """Lower rank of :func:`interval_ranks` for every total from 0 up; -1 where there is no interval."""
    return np.array([lower_rank(total, confidence) for total in range(at_most + 1)], dtype=np.float64)
