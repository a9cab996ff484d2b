"""Whether one value stands apart from its peers: median and MAD, with a practical threshold beside.

A deviation counts only if it is both unusual (more than ``SPREADS`` scaled median absolute deviations) and
large enough to matter (more than a share of the median). A rule by standard deviations can't fire below 11
values, since the outlier itself widens it. The factor makes the MAD of normally distributed values their
standard deviation: P. J. Rousseeuw and C. Croux, *Alternatives to the Median Absolute Deviation*, Journal of
the American Statistical Association 88 (1993), 1273-1283.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from millwright.statistics.interval import median_interval

SPREADS = 3.0
MAD_TO_DEVIATION = 1.4826
FEWEST_PEERS = 5
"""With fewer values beside it, nothing can be said of one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A value among its peers."""

    median: float
    """Of the peers, in their unit."""
    shortfall: float | None
    """Share of the median by which the value is worse; negative where it is better, None of a median of 0."""
    stands_apart: bool | None
    """Whether it is worse by more than the spread of the peers and the threshold explain.

    None where it is worse than a median of 0, of which no share tells whether that matters.
    """


def standing(
    value: float, peers: Sequence[float], *, higher_is_better: bool, threshold: float
) -> Standing | None:
    """Compare a value with its peers; None where they are too few.

    >>> standing(80.0, [100.0, 101.0, 99.0, 100.0, 102.0], higher_is_better=True, threshold=0.05)
    Standing(median=100.0, shortfall=0.2, stands_apart=True)
    """
    if len(peers) < FEWEST_PEERS:
        return None
    found = median_interval(peers)
    worse_by = found.median - value if higher_is_better else value - found.median
    if found.median == 0:
        return Standing(0.0, None, None if worse_by > 0 else False)
    is_unusual = worse_by > SPREADS * MAD_TO_DEVIATION * found.mad
    shortfall = worse_by / abs(found.median)
    return Standing(found.median, shortfall, stands_apart=is_unusual and shortfall > threshold)
