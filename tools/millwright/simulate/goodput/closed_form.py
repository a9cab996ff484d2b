"""Long-run goodput for exponential failures. Times in seconds, goodput as a share.

Failures strike in work, checkpoint and recovery; after each, during the downtime, nothing can fail, and the
job then recovers whole. A segment of work τ and its checkpoint C takes E = e^(λR) (1/λ + D) (e^(λ(τ+C)) - 1)
(Bougeret et al. SC11; Herault & Robert 2015).
"""

import math
from dataclasses import dataclass, replace

from millwright.simulate.goodput.interval import exact_s

POINT = 0.01
"""Error from which a first-order result is refused."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A job that restarts whole from its last checkpoint."""

    mtti_s: float
    """Mean time to an interruption, λ⁻¹."""
    checkpoint_s: float
    """Time that a checkpoint stops the work, C."""
    recovery_s: float
    """Restart until work goes on, R; it can fail and begins again then."""
    downtime_s: float = 0.0
    """Until the restart begins, D: detection and replacement, in the mean."""
    write_s: float = 0.0
    """Time that a checkpoint is written beside the work before it can be used; 0 if it stops the work."""


def segment_s(job: Renewal, work_s: float) -> float:
    """Expected time of a segment with its checkpoint; infinite where it practically never ends."""
    rate = 1 / job.mtti_s
    try:
        attempts = math.exp(rate * (job.recovery_s + job.write_s))
        return attempts * (job.mtti_s + job.downtime_s) * math.expm1(rate * (work_s + job.checkpoint_s))
    except OverflowError:
        return math.inf


def goodput(job: Renewal, work_s: float) -> float:
    """Share of time that ends up as kept work."""
    return work_s / segment_s(job, work_s)


def best_work_s(job: Renewal) -> float:
    """Work between checkpoints with the highest goodput; a checkpoint beside the work has to end in it."""
    return max(exact_s(max(job.checkpoint_s, 1e-9), job.mtti_s), job.write_s - job.checkpoint_s)


def first_order_goodput(job: Renewal, work_s: float) -> float:
    """What the usual approximation says, 1 - C/τ - (τ/2 + R + D)/M; below zero where it is farthest off."""
    lost = work_s / 2 + job.recovery_s + job.downtime_s + job.write_s
    return 1 - job.checkpoint_s / work_s - lost / job.mtti_s


def is_first_order_valid(job: Renewal, work_s: float) -> bool:
    """Whether the approximation is within a point of the exact goodput."""
    return abs(first_order_goodput(job, work_s) - goodput(job, work_s)) <= POINT


def longest_checkpoint_s(job: Renewal, target: float) -> float | None:
    """Longest time of a checkpoint with which the goodput at its best interval meets a target; None if none.

    Bisection to a relative 1e-9: the goodput falls with the time of a checkpoint.
    """

    def meets(checkpoint_s: float) -> bool:
        shorter = replace(job, checkpoint_s=checkpoint_s, write_s=0.0)
        return goodput(shorter, best_work_s(shorter)) >= target

    low, high = job.mtti_s * 1e-9, job.mtti_s * 10
    if not meets(low):
        return None
    while high / low > 1 + 1e-9:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if meets(middle) else (low, middle)
    return low
