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


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize(("spreads", "apart"), [(2.99, False), (3.01, True)])
def test_a_value_is_unusual_beyond_three_scaled_deviations_and_not_before(spreads, apart, higher):
    """The rule that drains a node: the MAD of these peers is 10, its scaled form 14.826."""
    worse_by = spreads * 14.826
    value = 1000.0 - worse_by if higher else 1000.0 + worse_by
    found = standing(value, [980.0, 990.0, 1000.0, 1010.0, 1020.0], higher_is_better=higher, threshold=0.0)
    assert found.stands_apart is apart


@pytest.mark.parametrize(("value", "apart"), [(95.0, False), (94.9, True), (105.0, False)])
def test_a_shortfall_counts_beyond_the_threshold_only(value, apart):
    found = standing(value, [100.0] * 5, higher_is_better=True, threshold=0.05)
    assert found.stands_apart is apart
    assert found.shortfall == pytest.approx((100 - value) / 100)


def test_five_peers_are_enough_and_four_are_not():
    found = [standing(1.0, [100.0] * count, higher_is_better=True, threshold=0.05) for count in (4, 5)]
    assert found[0] is None
    assert found[1].stands_apart


def test_a_shortfall_beside_negative_peers_is_a_share_of_their_size():
    found = standing(-120.0, [-100.0] * 5, higher_is_better=True, threshold=0.05)
    assert (found.shortfall, found.stands_apart) == (pytest.approx(0.2), True)
