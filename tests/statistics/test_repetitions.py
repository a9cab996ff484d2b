import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from millwright.statistics.interval import interval_ranks, median_interval
from millwright.statistics.repetitions import MAX_REPETITIONS, repetitions_to_decide

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_values_on_one_side_need_as_many_more_as_an_interval_does(n):
    assert repetitions_to_decide(n, meeting=n) == 6 - n
    assert repetitions_to_decide(n, meeting=0) == 6 - n


@pytest.mark.parametrize("n", [6, 15, 100])
def test_nothing_more_is_needed_where_all_agree(n):
    assert repetitions_to_decide(n, meeting=n) == 0


def test_more_repetitions_do_not_help_where_values_lie_evenly_on_both_sides():
    assert repetitions_to_decide(10, meeting=5) is None
    assert repetitions_to_decide(2000, meeting=1010) is None


def test_the_nearer_to_even_the_more_are_needed():
    needed = [repetitions_to_decide(20, meeting) for meeting in (15, 14, 13, 12)]
    assert needed == sorted(needed)
    assert needed[0] == 0
    assert needed[-1] > 50


@given(COUNTS)
def test_both_sides_are_treated_alike(counts):
    n, meeting = counts
    assert repetitions_to_decide(n, meeting) == repetitions_to_decide(n, n - meeting)


@given(COUNTS)
def test_the_forecast_decides_if_the_share_stays(counts):
    n, meeting = counts
    more = repetitions_to_decide(n, meeting)
    if more is None:
        return
    total = n + more
    minority = round(total * min(meeting, n - meeting) / n)
    values = [0.0] * minority + [1.0] * (total - minority)
    assert median_interval(values).low == 1.0
    assert total <= max(n, MAX_REPETITIONS)


@given(st.integers(1, 1000))
def test_the_ranks_of_the_forecast_are_those_of_the_interval(n):
    """The vectorised form must never drift from the interval that judges."""
    lower = int(stats.binom.ppf(0.025, n, 0.5)) - 1
    ranks = interval_ranks(n)
    assert (ranks[0] if ranks else -1) == lower


def test_the_forecast_is_kept_in_most_simulated_campaigns():
    """70 % of values meet the limit; with the forecast number more, over half of the runs decide."""
    rng = np.random.default_rng(7)
    decided = 0
    trials = 300
    for _ in range(trials):
        first = rng.random(12) < 0.7
        more = repetitions_to_decide(12, int(first.sum())) or 0
        later = rng.random(more) < 0.7
        decided += repetitions_to_decide(12 + more, int(first.sum() + later.sum())) == 0
    assert decided / trials > 0.5


@pytest.mark.parametrize(("n", "meeting"), [(0, 0), (3, 4), (3, -1)])
def test_impossible_counts_are_refused(n, meeting):
    with pytest.raises(ValueError, match="can't meet"):
        repetitions_to_decide(n, meeting)
