"""Both rules on series of 30 runs and more, and what a baseline promises."""

import numpy as np
import pytest

from millwright.checks.declaration import Better, Statistic
from millwright.regress.baseline import BaselineSeries
from millwright.regress.judge import Look, find_bounds, judge_series

KEY = ("cpu", "MemoryBandwidth", "", "gnu", "triad_bw", "GB/s", "n1", "")


def series(noise=0.02, runs=60, level=100.0, better=Better.HIGHER, seed=1, **changed):
    values = level * (1 + noise * np.random.default_rng(seed).standard_normal(runs))
    options = {"statistic": Statistic.MEDIAN, "exact": False, "values": tuple(values.tolist()), **changed}
    return BaselineSeries(key=KEY, better=better, runs=tuple(range(len(options["values"]))), **options)


def judged(baseline, value, repeats=()):
    (found,) = judge_series([baseline], {baseline.series: value}, {baseline.series: repeats}, {})
    return found


@pytest.mark.parametrize(
    ("value", "repeats", "verdict", "look"),
    [
        (100.0, (), "PASS", Look.CLEAR),
        (108.0, (), "PASS", Look.CLEAR),
        (95.0, (), "INCONCLUSIVE", Look.SUSPICIOUS),
        (95.0, (95.0, 95.0, 95.0), "INCONCLUSIVE", Look.SUSPICIOUS),
        (95.0, (95.0, 95.0, 95.0, 95.0), "FAIL", Look.CONFIRMED),
        (95.0, (100.0, 101.0, 99.0, 100.0), "PASS", Look.CLEARED),
        (89.0, (), "FAIL", Look.SUSPICIOUS),
        (89.0, (100.0, 101.0, 99.0, 100.0), "PASS", Look.CLEARED),
        (89.0, (89.0, 89.0, 89.0, 89.0), "FAIL", Look.CONFIRMED),
    ],
)
def test_higher_is_better(value, repeats, verdict, look):
    found = judged(series(), value, repeats)
    assert (found.verdict, found.look) == (verdict, look)


@pytest.mark.parametrize(
    ("value", "repeats", "verdict"),
    [
        (92.0, (), "PASS"),
        (105.0, (), "INCONCLUSIVE"),
        (105.0, (105.0, 105.0, 105.0, 105.0), "FAIL"),
        (110.0, (), "INCONCLUSIVE"),
        (112.0, (), "FAIL"),
    ],
)
def test_lower_is_better(value, repeats, verdict):
    """A time keeps the 90 % rule up to the baseline divided by 0.9."""
    assert judged(series(better=Better.LOWER), value, repeats).verdict == verdict


def test_fifth_repeats_change_nothing():
    repeats = (95.0, 95.0, 95.0, 95.0, 1000.0)
    assert judged(series(), 95.0, repeats).verdict == "FAIL"


def test_a_noisy_baseline_is_no_pass():
    found = judged(series(noise=0.08), 100.0)
    assert found.verdict == "INCONCLUSIVE"
    assert found.smallest > 0.10
    assert f"only a drop of {found.smallest:.1%} would be found" in found.reason


def test_one_run_can_not_say_what_it_would_find():
    found = judged(series(values=(100.0,)), 100.0)
    assert (found.verdict, found.look, found.smallest) == ("INCONCLUSIVE", Look.TOO_FEW_RUNS, None)
    assert judged(series(values=(100.0,)), 80.0).verdict == "FAIL"


def test_a_tiny_drop_of_a_quiet_series_is_no_regression():
    quiet = series(noise=0.0001)
    assert judged(quiet, 99.5, (99.5,) * 4).look is Look.CLEARED
    assert judged(quiet, 98.9, (98.9,) * 4).verdict == "FAIL"
    assert find_bounds([quiet])[quiet.series].smallest == 0.01


@pytest.mark.parametrize(("value", "verdict"), [(0.0, "PASS"), (1.0, "FAIL")])
def test_wrong_results_are_no_noise(value, verdict):
    counts = series(better=Better.LOWER, statistic=Statistic.DEFECTS, values=(0.0,) * 40)
    assert judged(counts, value).verdict == verdict


def test_what_was_asked_for_and_is_missing_is_not_measured():
    one = series()
    (found,) = judge_series([one], {}, {}, {one.series: "rejected: cut"})
    assert (found.verdict, found.reason) == ("NOT MEASURED", "rejected: cut")
    assert judge_series([one], {}, {}, {}) == ()


def test_a_level_of_zero_has_no_share():
    found = judged(series(values=(0.0, 1.0, -1.0) * 15), 0.0)
    assert (found.keeps_90, found.drop, found.verdict) == (None, None, "INCONCLUSIVE")
