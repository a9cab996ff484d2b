"""The two-look rule: its limits, what it promises to find, and its bounds over simulated noise."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from millwright.statistics.two_looks import (
    FEWEST_RUNS,
    find_limits,
    smallest_drop,
    smallest_drop_of_few,
    successive_correlation,
)

PROGRAM = Path(__file__).resolve().parents[2] / "tools" / "benchmarks" / "regressions.py"


@pytest.fixture(scope="module")
def regressions():
    spec = importlib.util.spec_from_file_location("bench_regressions", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_limits_of_a_known_baseline():
    """Alternating 99 and 101: mean 100, every window's mean 100, so the limit by the mean decides."""
    baseline = np.tile([99.0, 101.0], 15)[None, :]
    limits = find_limits(baseline)
    spread = np.sqrt(30 / 29)
    assert limits.suspicious_below[0] == pytest.approx(100 - 1.65 * spread)
    assert limits.confirmed_below[0] == pytest.approx(100 - 2.3 * spread * np.sqrt(1 / 4 + 1 / 30))


def test_the_lowest_stretch_of_the_baseline_is_no_regression():
    baseline = np.full((1, 60), 100.0) + np.random.default_rng(1).normal(0, 0.1, (1, 60))
    baseline[0, 20:24] -= 5
    assert find_limits(baseline).confirmed_below[0] < 95


def test_equal_values_are_not_suspicious_by_rounding():
    baseline = np.full((1, 30), 0.1)
    limits = find_limits(baseline)
    assert not (np.array([0.1]) < limits.suspicious_below).any()
    assert (np.array([0.0999]) < limits.suspicious_below).all()


def test_too_few_runs_are_refused():
    with pytest.raises(ValueError, match="29 runs are too few, 30 needed"):
        find_limits(np.ones((1, FEWEST_RUNS - 1)))


@pytest.mark.parametrize("values", [[1.0, -1.0], [0.0, 1.0]])
def test_of_values_around_zero_no_share_is_promised(values):
    baseline = np.tile(values, 20)[None, :]
    assert np.isnan(smallest_drop(baseline, find_limits(baseline))[0])


def test_negated_values_promise_the_same_rise():
    """A metric that improves downwards is negated: a loss of a share is a rise of that share."""
    baseline = 100 + np.random.default_rng(2).normal(0, 2, (1, 60))
    drop = smallest_drop(-baseline, find_limits(-baseline))[0]
    assert 0.03 < drop < 0.06


def test_few_runs_say_about_what_they_would_find():
    assert smallest_drop_of_few(np.array([100.0])) is None
    assert smallest_drop_of_few(np.array([0.0, 0.0])) is None
    few, more = np.array([99.0, 101.0, 100.0]), np.tile([99.0, 101.0, 100.0], 6)
    assert smallest_drop_of_few(few) > smallest_drop_of_few(more) > 0.015


def test_correlation_of_a_constant_row_is_none():
    assert successive_correlation(np.ones((1, 30)))[0] == 0


def test_bounds_of_a_60_run_baseline_at_2_percent_noise(regressions):
    """The bounds of the suite; 10,000 series leave ±0.02 % of the false alarms, ±0.002 of what is found."""
    found = regressions.simulate(
        regressions.INDEPENDENT, deviation=0.02, runs=60, drops=(0.05, 0.10), series=10_000, seed=7
    )
    assert found.false_alarms <= 0.001
    assert found.found[0] >= 0.97
    assert found.found[1] >= 0.999
    assert found.extra_runs <= 0.3
    assert found.found_at_smallest >= 0.9


@pytest.mark.parametrize("number", range(6))
def test_few_false_alarms_over_every_kind_of_noise(regressions, number):
    """120 runs; 4,000 series with three checks each leave ±0.05 % (one deviation) of a rate of 0.3 %."""
    noise = regressions.NOISES[number]
    found = regressions.simulate(noise, deviation=0.02, runs=120, drops=(0.10,), series=4_000, seed=1)
    assert found.false_alarms <= 0.004, noise.name
    assert found.found[0] >= 0.97, noise.name
    assert found.found_at_smallest >= 0.88, noise.name
