"""Nodes in repair: how many spares are enough, and what a crew of a given size can keep up with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson


def mean_in_repair(failures_per_h: float, mean_repair_h: float) -> float:
    """Palm's theorem (M/G/∞): rate times repair time, whatever the distribution of repair times."""
    return failures_per_h * mean_repair_h


def spares_for(mean: float, probability: float) -> int:
    """Smallest number of spares that is enough with this probability, for Poisson repairs of this mean."""
    return int(poisson.ppf(probability, mean)) if mean > 0 else 0


def spares_for_groups(groups: Sequence[tuple[float, int]], probability: float) -> int:
    """Spares that are enough if one failure takes several nodes: a sum of Poisson counts times their sizes.

    ``groups`` gives the mean number of repairs under way and the nodes of each.
    """
    shares = np.ones(1)
    for mean, size in groups:
        if mean > 0:
            each = np.zeros(int(poisson.isf(1e-12, mean)) * size + 1)
            each[::size] = poisson.pmf(np.arange(len(each[::size])), mean)
            shares = np.convolve(shares, each)
    return int(np.searchsorted(np.cumsum(shares), probability))


def share_without(mean: float, spares: int) -> float:
    """Share of time in which more nodes are in repair than there are spares."""
    return float(poisson.sf(spares, mean)) if mean > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Crew:
    """Steady state of N nodes that fail when up, and a crew that repairs one node each (M/M/c//N)."""

    mean_down: float
    availability: float
    failures_per_h: float
    p_none_down: float


def repair_crew(nodes: int, repairers: int, failures_per_node_h: float, repairs_per_h: float) -> Crew:
    """Birth-death balance, in logarithms: plain products overflow from some hundred nodes on."""
    down = np.arange(nodes)
    born = np.log((nodes - down) * failures_per_node_h)
    died = np.log(np.minimum(down + 1, repairers) * repairs_per_h)
    weights = np.concatenate(([0.0], np.cumsum(born - died)))
    shares = np.exp(weights - weights.max())
    shares /= shares.sum()
    mean_down = float(np.arange(nodes + 1) @ shares)
    up = nodes - mean_down
    return Crew(mean_down, up / nodes, up * failures_per_node_h, float(shares[0]))


def poisson_interval(mean: float, level: float = 0.95) -> tuple[int, int]:
    """Equal-tailed interval of a Poisson count."""
    tail = (1 - level) / 2
    return int(poisson.ppf(tail, mean)), int(poisson.ppf(1 - tail, mean))
