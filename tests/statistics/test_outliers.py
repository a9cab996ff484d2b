"""One value among its peers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.statistics.outliers import FEWEST_PEERS, standing

PEERS = [100.0, 101.0, 99.0, 100.0, 102.0, 98.0]


@pytest.mark.parametrize(
    ("value", "higher", "apart"),
    [
        (80.0, True, True),
        (96.0, True, False),  # unusual, but less than the threshold
        (120.0, True, False),
        (120.0, False, True),
        (80.0, False, False),
    ],
)
def test_only_a_large_and_unusual_shortfall_counts(value, higher, apart):
    assert standing(value, PEERS, higher_is_better=higher, threshold=0.05).stands_apart is apart


def test_a_wide_spread_excuses_what_the_threshold_would_not():
    assert not standing(
        80.0, [60.0, 80.0, 100.0, 120.0, 140.0], higher_is_better=True, threshold=0.05
    ).stands_apart


@given(st.lists(st.floats(1, 1e6), max_size=FEWEST_PEERS - 1), st.floats(0, 1e6))
def test_few_peers_say_nothing(peers, value):
    assert standing(value, peers, higher_is_better=True, threshold=0.05) is None


@given(st.lists(st.floats(1, 1e6), min_size=FEWEST_PEERS, max_size=50), st.floats(1, 1e6), st.booleans())
def test_the_median_of_the_peers_never_stands_apart_and_nor_does_a_better_value(peers, value, higher):
    found = standing(value, peers, higher_is_better=higher, threshold=0.05)
    if found.stands_apart:
        assert (value < found.median) is higher
        assert found.shortfall > 0.05


@pytest.mark.parametrize(
    ("value", "higher", "apart"), [(0.0, False, False), (1.0, False, None), (1.0, True, False)]
)
def test_a_median_of_zero_has_no_shares_but_what_is_no_worse_is_known(value, higher, apart):
    found = standing(value, [0.0] * 9, higher_is_better=higher, threshold=0.05)
    assert (found.shortfall, found.stands_apart) == (None, apart)
