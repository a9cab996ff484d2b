"""The verdict on one series of samples with its grounds."""

from dataclasses import dataclass

from millwright.checks.declaration import Statistic
from millwright.core.verdict import Verdict
from millwright.statistics.interval import Interval


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and its grounds."""

    verdict: Verdict | None
    """None for values that were measured and have no reference: there is nothing to judge."""
    interval: Interval | None
    """None if nothing was measured."""
    reason: str
    more_repetitions: int | None = None
    """For INCONCLUSIVE: how many further repetitions would decide; None if repeating does not help."""
    margin: float | None = None
    """Distance from the limit to the value that decides PASS (for the median, the interval's bad end), as a
    share of the limit; negative misses it."""
    statistic: Statistic | None = None
    """The statistic that was judged; None without a reference or a value."""
    value: float | None = None
    """What the statistic is of these repetitions, in the metric's unit."""
    deviation: float | None = None
    """Distance of ``value`` from the committed value, as a share of it; negative is worse."""
    misses: int | None = None
    """Repetitions that miss the limit."""
    p_fail: float | None = None
    """How likely so many misses are if the statistic meets the limit; None for a rule without chance."""


def not_measured(reason: str) -> Judgement:
    """Say that an expected value is missing, and why."""
    return Judgement(Verdict.NOT_MEASURED, None, reason)
