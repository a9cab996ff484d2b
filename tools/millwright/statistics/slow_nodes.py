"""Slow nodes of a fleet in two stages: a wide screen, then repeats of what it caught.

One look at 3 MAD and 5 % finds 0.98 of the nodes that are 7 % slow. A screen at 3 % and 2 MAD catches nearly
all and some healthy ones; the median of four repeats against 4.5 % and 2.5 MAD tells them apart. Values are
those of nodes with the same recorded facts, positive, higher is better.
"""

import numpy as np
from numpy.typing import NDArray

from millwright.statistics.outliers import MAD_TO_DEVIATION

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEIGHBOURS = 31
"""Nodes measured at about the same time, whose median takes a drift along the sweep out."""
SCREEN_SHARE, SCREEN_SPREADS = 0.03, 2.0
CONFIRM_SHARE, CONFIRM_SPREADS = 0.045, 2.5
FEWEST = 6
CONTROLS = 5
FEWEST_FOR_POPULATIONS = 16
APART = 3.4
"""Distance of two populations in their own deviations; halves of one normal population are 2.65 apart."""
SMALLER_SHARE = 0.2
"""A smaller group is a fault of some nodes, no population."""


def without_drift(values: Floats, times: Floats) -> Floats:
    """Values with the running median over time replaced by the median of all; unchanged for few nodes."""
    if len(values) <= NEIGHBOURS:
        return values
    order = np.argsort(times, kind="stable")
    padded = np.pad(values[order], NEIGHBOURS // 2, mode="reflect")
    running = np.median(np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS), axis=1)
    found = np.empty_like(values)
    found[order] = values[order] / running * np.median(values)
    return found


def screen(values: Floats) -> Flags:
    """Nodes to measure again; none of fewer than six."""
    if len(values) < FEWEST:
        return np.zeros(len(values), dtype=np.bool_)
    return _is_worse(values, values, SCREEN_SHARE, SCREEN_SPREADS)


def confirmed(repeats: Floats, controls: Floats, peers: Floats) -> Flags:
    """Which nodes are slow, by their repeats, a row a node.

    ``controls`` are repeats of good nodes at the same time, ``peers`` the values of all in the sweep.
    """
    shares = np.median(repeats, axis=1) / np.median(controls)
    return _is_worse(shares, peers / np.median(peers), CONFIRM_SHARE, CONFIRM_SPREADS)


def choose_controls(values: Floats, caught: Flags) -> NDArray[np.intp]:
    """The good nodes nearest to the median, which are measured again beside those that were caught."""
    distance = np.where(caught, np.inf, np.abs(values - np.median(values)))
    return np.argsort(distance, kind="stable")[: min(CONTROLS, int((~caught).sum()))]


def are_two_populations(values: Floats) -> bool:
    """Whether the nodes form two groups of which each could be as it should be."""
    n = len(values)
    if n < FEWEST_FOR_POPULATIONS:
        return False
    ordered = np.sort(values)
    fewest = max(2, int(np.ceil(SMALLER_SHARE * n)))
    cuts = np.arange(fewest, n - fewest + 1)
    sums, squares = np.cumsum(ordered), np.cumsum(np.square(ordered))
    low, high = sums[cuts - 1] / cuts, (sums[-1] - sums[cuts - 1]) / (n - cuts)
    within = squares[-1] - cuts * np.square(low) - (n - cuts) * np.square(high)
    best = int(np.argmin(within))
    deviation = float(np.sqrt(max(within[best], 0.0) / (n - 2)))
    return bool(high[best] - low[best] > APART * deviation)


def _is_worse(values: Floats, peers: Floats, share: float, spreads: float) -> Flags:
    middle = float(np.median(peers))
    spread = MAD_TO_DEVIATION * float(np.median(np.abs(peers - middle)))
    worse_by = middle - values
    found: Flags = (worse_by > share * abs(middle)) & (worse_by > spreads * spread)
    return found
