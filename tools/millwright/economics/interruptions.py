"""Time between interruptions with its interval, and what an acceptance test of reliability can tell.

NIST/SEMATECH *e-Handbook of Statistical Methods*, 8.4.5.1 (time-truncated test): 2T / chi2(1 - a/2, 2r +
2) to 2T / chi2(a/2, 2r); without interruption T / -ln a is a one-sided bound. Interruptions are assumed
to come at a constant rate (exponential times). Planned maintenance is no interruption, and its time is
not in T.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeBetween:
    """Mean time to interruption, in the unit of the time observed."""

    estimate: float | None
    """None without an interruption: then only a lower bound can be given."""
    low: float
    """Lower end of the two-sided interval."""
    high: float
    """Upper end; infinite without an interruption."""
    one_sided_low: float
    """The mean time is at least this, with the confidence."""


@dataclass(frozen=True, slots=True)
class AcceptancePlan:
    """A test of reliability: accept if there are at most so many interruptions in so many hours."""

    allowed: int
    hours: float
    buyers_risk: float
    """Chance of accepting a machine that is as bad as the unacceptable one."""
    vendors_risk: float
    """Chance of refusing one that is as good as the acceptable one."""


def time_between(hours: float, interruptions: int, confidence: float = 0.95) -> TimeBetween:
    """The interval of the mean time from interruptions within some hours of operation."""
    if not (math.isfinite(hours) and hours > 0) or interruptions < 0 or not 0 < confidence < 1:
        raise ValueError("hours above 0, interruptions of 0 or more, a confidence between 0 and 1")
    from scipy.stats import chi2  # noqa: PLC0415 - two seconds that other commands need not wait

    r, tail = interruptions, (1 - confidence) / 2
    return TimeBetween(
        estimate=hours / r if r else None,
        low=float(2 * hours / chi2.isf(tail, 2 * r + 2)),
        high=float(2 * hours / chi2.ppf(tail, 2 * r)) if r else math.inf,
        one_sided_low=float(2 * hours / chi2.isf(1 - confidence, 2 * r + 2)),
    )


def accept_probability(hours: float, allowed: int, mean_time: float) -> float:
    """Chance that a machine of a true mean time has at most ``allowed`` interruptions (Poisson)."""
    if not (math.isfinite(hours) and hours > 0 and mean_time > 0) or allowed < 0:
        raise ValueError("hours and mean time above 0, allowed interruptions of 0 or more")
    from scipy.stats import poisson  # noqa: PLC0415 - as above

    return float(poisson.cdf(allowed, hours / mean_time))


def shortest_test(
    good: float, bad: float, vendors_risk: float, buyers_risk: float, at_most: int = 1000
) -> AcceptancePlan | None:
    """The shortest test that separates two mean times; None if none up to ``at_most`` interruptions does.

    With c allowed, the buyer's risk needs T >= bad * chi2(1 - buyer's, 2c + 2) / 2 and the vendor's T <=
    good * chi2(vendor's, 2c + 2) / 2; the smallest c for which both hold gives the shortest test.

    >>> plan = shortest_test(48, 24, 0.1, 0.1)
    >>> plan.allowed, round(plan.hours)
    (14, 483)
    """
    if not 0 < bad < good or not 0 < vendors_risk < 1 or not 0 < buyers_risk < 1:
        raise ValueError("0 < bad < good, and risks between 0 and 1")
    from scipy.stats import chi2  # noqa: PLC0415 - as above

    for allowed in range(at_most + 1):
        hours = float(bad * chi2.isf(buyers_risk, 2 * allowed + 2) / 2)
        if hours <= good * chi2.ppf(vendors_risk, 2 * allowed + 2) / 2:
            refused = 1 - accept_probability(hours, allowed, good)
            return AcceptancePlan(allowed, hours, accept_probability(hours, allowed, bad), refused)
    return None
