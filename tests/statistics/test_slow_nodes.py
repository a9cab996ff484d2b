"""Slow nodes in simulated fleets: 1 % noise, 7 % slow, up to 10 % bad."""

import numpy as np
import pytest

from millwright.statistics.slow_nodes import (
    are_two_populations,
    choose_controls,
    confirmed,
    screen,
    without_drift,
)


def fleets(nodes, count, *, drift=0.0, seed=1):
    """Recall, false flags a fleet, and the share of fleets that were taken for two populations."""
    rng = np.random.default_rng(seed)
    bad_nodes = found = wrong = split = 0
    for _ in range(count):
        bad = np.zeros(nodes, dtype=bool)
        bad[rng.permutation(nodes)[: rng.integers(1, max(2, nodes // 10 + 1))]] = True
        level = np.where(bad, 93.0, 100.0)
        times = rng.permutation(nodes).astype(float)
        measured = level * (1 - drift * times / nodes) * (1 + 0.01 * rng.standard_normal(nodes))
        values = without_drift(measured, times)
        split += are_two_populations(values)
        caught = np.flatnonzero(screen(values))
        controls = choose_controls(values, screen(values))
        again = level[:, None] * (1 - drift) * (1 + 0.01 * rng.standard_normal((nodes, 4)))
        slow = np.zeros(nodes, dtype=bool)
        slow[caught[confirmed(again[caught], again[controls], values)]] = True
        bad_nodes, found, wrong = (
            bad_nodes + bad.sum(),
            found + (slow & bad).sum(),
            wrong + (slow & ~bad).sum(),
        )
    return found / bad_nodes, wrong / count, split / count


@pytest.mark.parametrize(("nodes", "count"), [(16, 1500), (64, 400), (512, 80)])
def test_bounds(nodes, count):
    recall, false_flags, split = fleets(nodes, count)
    assert recall >= 0.99
    assert false_flags <= 0.01
    assert split <= 0.01


def test_a_drift_along_the_sweep_hides_nothing():
    recall, false_flags, _ = fleets(512, 40, drift=0.06)
    assert recall >= 0.99
    assert false_flags <= 0.01


@pytest.mark.parametrize("nodes", [64, 512])
def test_two_unknown_populations_are_seen(nodes):
    rng = np.random.default_rng(3)
    levels = np.where(np.arange(nodes) < nodes // 2, 100.0, 95.0)
    seen = [are_two_populations(levels * (1 + 0.01 * rng.standard_normal(nodes))) for _ in range(100)]
    assert np.mean(seen) >= 0.99
