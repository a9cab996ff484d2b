"""What is published of large runs, in the formulas of their authors."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from millwright.simulate.goodput.closed_form import POINT, Renewal, goodput
from millwright.simulate.goodput.repair import poisson_interval

H_PER_DAY = 24
MIN_S = 60


def mttf_h(failures_per_node_day: float, accelerators_per_node: int, accelerators: int) -> float:
    """Mean time to a failure of a job of so many accelerators, in hours, if every node fails alike."""
    return H_PER_DAY / (accelerators / accelerators_per_node * failures_per_node_day)


@dataclass(frozen=True, slots=True)
class Ettr:
    """Effective training time, by the closed form of Kokolis et al. and exactly."""

    closed_form: float
    exact: float
    is_valid: bool
    """Whether the closed form may be printed: within a point of the exact value."""


def ettr(
    *, nodes: int, failures_per_node_day: float, restart_s: float, interval_s: float, write_s: float
) -> Ettr:
    """E[ETTR] = (1 - N r (u₀ + Δt/2)) / (1 + w/Δt) (arXiv 2410.21680), beside the exact goodput."""
    failures_per_s = nodes * failures_per_node_day / (H_PER_DAY * 3600)
    form = (1 - failures_per_s * (restart_s + interval_s / 2)) / (1 + write_s / interval_s)
    exact = goodput(Renewal(1 / failures_per_s, write_s, restart_s), interval_s)
    return Ettr(form, exact, abs(form - exact) <= POINT)


@dataclass(frozen=True, slots=True)
class Interruptions:
    """What follows from the counts of a published run."""

    unexpected: int
    mtti_unexpected_h: float
    mtti_all_h: float
    accelerator_hours_per_unexpected: float
    poisson_interval: tuple[int, int]
    """95 % of runs of this length and rate have so many unexpected interruptions."""

    @property
    def failures_per_accelerator_h(self) -> float:
        """Rate of one accelerator with its share of everything else."""
        return 1 / self.accelerator_hours_per_unexpected


def interruptions(
    *, accelerators: int, days: float, by_cause: Mapping[str, int], planned: int
) -> Interruptions:
    """Rates from counts by cause; printed percentages are left alone, since counts add up and they don't."""
    unexpected = sum(by_cause.values())
    hours = days * H_PER_DAY
    return Interruptions(
        unexpected,
        hours / unexpected,
        hours / (unexpected + planned),
        accelerators * hours / unexpected,
        poisson_interval(unexpected),
    )


def mean_loss_min(*, days: float, effective_share: float, count: float) -> float:
    """Minutes that each interruption may cost for a run to reach an effective share."""
    return days * H_PER_DAY * (1 - effective_share) / count * 60


def waste_ratio(before: float, after: float) -> float:
    """How many times less is wasted at the second goodput; infinite if nothing is."""
    return (1 - before) / (1 - after) if after < 1 else math.inf
