"""What makes values that count hard to believe."""

from millwright.checks.declaration import Metric
from millwright.statistics.interval import Interval

FEWEST = 3
"""Values from which equality is no coincidence."""


def find_doubts(interval: Interval, metric: Metric, *, says_exact: bool) -> tuple[str, ...]:
    """Reasons for doubt in the values of one series; no verdict depends on them.

    Declarations from before ``says_exact`` do not say which metrics are counted: whole numbers may be.
    """
    is_counted = metric.exact or (not says_exact and interval.median.is_integer())
    if is_counted or interval.n < FEWEST or interval.minimum != interval.maximum:
        return ()
    return (f"all {interval.n} values are equal, which timed repetitions hardly ever are",)
