import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from millwright.statistics.interval import interval_ranks, median_interval

VALUES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60)
TRIALS = 1500
DISTRIBUTIONS = {
    "normal": lambda rng, size: rng.normal(0, 1, size),
    "skewed": lambda rng, size: rng.lognormal(0, 2, size) - 1,
    "two modes": lambda rng, size: rng.choice([-1.0, 1.0], size) + rng.normal(0, 0.01, size),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("n", [6, 7, 15, 40])
def test_the_interval_holds_the_true_median_in_at_least_95_percent_of_runs(name, n):
    rng = np.random.default_rng(20261123)
    trials = DISTRIBUTIONS[name](rng, (TRIALS, n))
    intervals = [median_interval(list(trial)) for trial in trials]
    share = np.mean([interval.low <= 0 <= interval.high for interval in intervals])
    assert share >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / TRIALS)


def test_intervals_are_not_wider_than_the_confidence_asks_for():
    """At n = 6 the whole range covers 96.9 %; from n = 9 on the extremes are left out."""
    assert interval_ranks(8) == (0, 7)
    assert interval_ranks(9) == (1, 7)
    assert interval_ranks(20) == (5, 14)


@pytest.mark.parametrize(("n", "exists"), [(1, False), (5, False), (6, True)])
def test_five_values_are_too_few_for_an_interval_and_six_are_enough(n, exists):
    interval = median_interval([float(value) for value in range(n)])
    assert (interval.low is not None, interval.high is not None) == (exists, exists)
    assert interval.n == n


def test_a_higher_confidence_needs_more_values():
    values = [1.0, 2, 3, 4, 5, 6, 7]
    assert median_interval(values, 0.99).low is None
    assert median_interval([*values, 8], 0.99).low == 1


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert median_interval(shuffled) == median_interval(values)


@given(
    st.lists(st.integers(-(2**30), 2**30).map(float), min_size=1, max_size=60),
    st.sampled_from([0.25, 2.0, 1024.0]),
)
def test_values_in_another_unit_give_the_same_interval_in_that_unit(values, factor):
    """Powers of two and whole numbers, so that floating point is exact."""
    plain, scaled = median_interval(values), median_interval([factor * value for value in values])
    for field in ("median", "low", "high", "minimum", "maximum", "mad"):
        before = getattr(plain, field)
        assert getattr(scaled, field) == (None if before is None else factor * before)


@given(st.lists(st.integers(-(2**30), 2**30).map(float), min_size=6, max_size=60))
def test_turning_the_sign_swaps_the_ends(values):
    plain, turned = median_interval(values), median_interval([-value for value in values])
    assert (turned.low, turned.high) == (-plain.high, -plain.low)


@given(VALUES)
def test_the_parts_stand_in_order(values):
    interval = median_interval(values)
    assert interval.minimum <= interval.median <= interval.maximum
    assert interval.mad == pytest.approx(stats.median_abs_deviation(values), rel=1e-9, abs=1e-9)
    if interval.low is not None:
        assert interval.minimum <= interval.low <= interval.median <= interval.high <= interval.maximum


def test_one_wild_value_moves_neither_median_nor_interval_far():
    calm = [10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9]
    wild = median_interval([*calm[:-1], 1e12])
    assert (wild.low, wild.median, wild.high, wild.mad) == (10.1, 10.45, 10.8, pytest.approx(0.25))


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [math.inf]])
def test_nothing_and_no_number_are_refused(values):
    with pytest.raises(ValueError, match="value"):
        median_interval(values)
