"""Equal repetitions are doubted unless the metric is counted."""

import pytest

from millwright.checks.registry import shipped_checks
from millwright.statistics.interval import median_interval
from millwright.verdicts.doubts import find_doubts

RATE = shipped_checks().metrics_of("Gemm")["fp64_rate"]
COUNT = shipped_checks().metrics_of("RiscvVector")["kernel_mismatches"]


@pytest.mark.parametrize(
    ("metric", "values", "says_exact", "is_doubted"),
    [
        (RATE, [1e6] * 3, True, True),
        (RATE, [11.5] * 15, False, True),
        (RATE, [11.5, 11.5, 11.6], True, False),
        (RATE, [11.5] * 2, True, False),
        (COUNT, [0.0] * 8, True, False),
        (COUNT, [0.0] * 8, False, False),
        (RATE, [6.0] * 8, False, False),
    ],
)
def test_equal_repetitions(metric, values, says_exact, is_doubted):
    found = find_doubts(median_interval(values), metric, says_exact=says_exact)
    assert found == (
        (f"all {len(values)} values are equal, which timed repetitions hardly ever are",)
        if is_doubted
        else ()
    )
