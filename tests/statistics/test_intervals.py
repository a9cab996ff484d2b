import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.statistics import intervals
from millwright.statistics.interval import median_interval
from millwright.statistics.intervals import median_intervals

VALUES = st.floats(allow_nan=False, allow_infinity=False)
SERIES = st.lists(st.lists(VALUES, min_size=1, max_size=25), max_size=12)


def together(series):
    values = np.array([value for one in series for value in one], dtype=np.float64)
    return median_intervals(values, np.cumsum([0, *map(len, series)]))


@given(SERIES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the middle of two huge values
def test_many_series_give_what_each_gives_alone(series):
    alone = tuple(median_interval(one) for one in series)
    assert repr(together(series)) == repr(alone)


def test_series_are_taken_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(intervals, "AT_A_TIME", 4)
    series = [[3.0, 1.0, float(n)] for n in range(10)]
    assert together(series) == tuple(median_interval(one) for one in series)


def test_a_series_without_a_value_or_with_nan_is_refused():
    with pytest.raises(ValueError, match="no value"):
        together([[1.0], []])
    with pytest.raises(ValueError, match="finite"):
        together([[1.0], [np.nan]])
