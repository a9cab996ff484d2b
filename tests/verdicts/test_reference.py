import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.checks.declaration import Better, Metric, Statistic
from millwright.checks.registry import shipped_checks
from millwright.facility.model import Commitment
from millwright.verdicts.judge import judge
from millwright.verdicts.reference import to_reference

FASTER = Metric(unit="GB/s", better=Better.HIGHER, label={"en": "bandwidth"})
WRONG = Metric(unit="count", better=Better.LOWER, label={"en": "wrong results"})
SHORTER = Metric(unit="us", better=Better.LOWER, label={"en": "latency"})


def commitment(value=10.0, unit="GB/s", tolerance=0.1, kind="read"):
    return Commitment.model_validate(
        {
            "value": value,
            "unit": unit,
            "tolerance": tolerance,
            "class": "scored",
            "source": "contract",
            "kind": kind,
            "date": datetime.date(2026, 1, 1),
        }
    )


def test_tolerance_lowers_the_limit_where_higher_is_better_and_raises_it_where_lower_is():
    assert to_reference(commitment(), FASTER).limit == 9.0
    assert to_reference(commitment(unit="us"), SHORTER).limit == 11.0


@pytest.mark.parametrize(
    ("value", "tolerance", "limit"), [(1.1, 0.1, 0.99), (0.3, 0.1, 0.27), (3, 0.05, 2.85)]
)
def test_the_limit_is_what_a_reader_computes_by_hand(value, tolerance, limit):
    reference = to_reference(commitment(value, tolerance=tolerance), FASTER)
    assert reference.limit == limit
    assert reference.is_met_by(limit)


@given(st.floats(1e-6, 1e9), st.floats(0, 1))
def test_the_committed_value_always_meets_its_own_reference(value, tolerance):
    assert to_reference(commitment(value, tolerance=tolerance), FASTER).is_met_by(value)
    assert to_reference(commitment(value, "us", tolerance), SHORTER).is_met_by(value)


def test_a_value_from_memory_is_never_a_reference():
    with pytest.raises(ValueError, match="memory"):
        to_reference(commitment(kind="memory"), FASTER)


def test_a_value_in_another_unit_is_never_a_reference():
    with pytest.raises(ValueError, match="GiB/s"):
        to_reference(commitment(unit="GiB/s"), FASTER)


@pytest.mark.parametrize(("metric", "verdict"), [(WRONG, "FAIL"), (SHORTER, "PASS")])
def test_what_a_check_declares_decides_how_repetitions_are_judged(metric, verdict):
    """3 of 15: wrong results fail although the commitment says nothing of it, slow ones don't."""
    committed = commitment(0.0 if metric is WRONG else 5.0, unit=metric.unit)
    values = [0.0] * 12 + [1.0 if metric is WRONG else 5.6] * 3
    assert str(judge(np.array(values), to_reference(committed, metric)).verdict) == verdict


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (metric, f"{check}.{name}")
        for check, declared in shipped_checks().items()
        for name, metric in declared.metrics.items()
        if metric.unit == "count"
    ],
)
def test_no_shipped_count_is_judged_by_a_median(metric, name):
    assert metric.judged_by in {Statistic.DEFECTS, Statistic.WORST, Statistic.EVERY}, name
