"""Where a series changed its level."""

import numpy as np
import pytest

from millwright.statistics.changes import find_changes


def noisy(*levels, each=20, seed=1):
    rng = np.random.default_rng(seed)
    return np.concatenate([level + rng.normal(0, 1, each) for level in levels])


def test_two_steps_are_found_where_they_are():
    assert find_changes(noisy(100, 94, 100)) == (20, 40)


def test_stationary_noise_has_hardly_any_change():
    split = sum(bool(find_changes(noisy(100, each=100, seed=seed))) for seed in range(150))
    assert split <= 3


def test_a_single_outlier_is_no_level():
    values = noisy(100, each=60)
    values[30] -= 15
    assert find_changes(values) == ()


@pytest.mark.parametrize(
    ("values", "changes"),
    [
        ([5.0] * 20, ()),
        ([5.0] * 10 + [4.0] * 5, (10,)),
        ([5.0] * 10 + [4.0] + [5.0] * 9, ()),
        ([5.0, 4.0], ()),
    ],
)
def test_values_without_noise(values, changes):
    assert find_changes(np.array(values)) == changes
