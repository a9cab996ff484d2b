import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.report.judged import Estimate
from millwright.report.numbers import decimals, write_exact, write_number, write_share


def estimate(low, median, high):
    return Estimate(20, median, low, high, low, high, 0.0)


@pytest.mark.parametrize(
    ("low", "median", "high", "expected"),
    [
        (10.68, 10.88, 11.07, 2),
        (15.2, 17.1, 18.9, 1),
        (1521.0, 1800.0, 1932.0, -1),
        (15_200.0, 17_100.0, 18_900.0, -2),
        (0.00012, 0.00013, 0.00015, 6),
        (9.0, 9.5, 10.0, 1),
    ],
)
def test_the_width_of_the_interval_is_shown_to_two_digits(low, median, high, expected):
    assert decimals(estimate(low, median, high)) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(128.0, 0), (6.0, 0), (0.0, 0), (2.5, 1), (0.123456, 4), (123456.7, -2)]
)
def test_a_value_without_spread_gets_the_digits_that_it_has_up_to_four(value, expected):
    assert decimals(estimate(value, value, value)) == expected


def test_digits_are_added_where_rounding_would_contradict_the_verdict():
    found = estimate(9.499, 9.7, 10.2)
    assert write_number(9.499, decimals(found)) == "9.50"
    assert write_number(9.499, decimals(found, 9.5)) == "9.499"


@given(
    st.lists(st.floats(min_value=1e-3, max_value=1e6), min_size=3, max_size=3).map(sorted),
    st.floats(min_value=1e-3, max_value=1e6),
)
def test_what_is_shown_never_moves_across_the_limit(values, limit):
    low, median, high = values
    places = decimals(estimate(low, median, high), limit)
    for value in values:
        if not math.isclose(value, limit, rel_tol=1e-6, abs_tol=1e-7):
            assert (round(value, places) > limit) == (value > limit)


def test_no_interval_falls_back_on_the_range():
    assert decimals(Estimate(3, 10.5, None, None, 10.1, 10.9, 0.1)) == 2


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (-0.04, 1, "0.0"),
        (1234567.0, 0, "1\u202f234\u202f567"),
        (-3.5, 1, "\u22123.5"),
        (2.5e12, -10, "2.50\u00d710¹²"),
        (3.2e-9, 10, "3.2\u00d710⁻⁹"),
        (0.0, 0, "0"),
    ],
)
def test_numbers_are_written_for_readers(value, places, expected):
    assert write_number(value, places) == expected


def test_a_stated_value_is_written_as_stated():
    assert [write_exact(value) for value in (9.5, 10.0, 0.99, 120000.0)] == [
        "9.5",
        "10",
        "0.99",
        "120\u202f000",
    ]


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.05, "+5"), (0.1242, "+12.4"), (-0.5, "\u221250"), (0.000023, "+0.002"), (0.0, "0"), (3.456, "+346")],
)
def test_margins_keep_their_sign_and_first_digit(share, expected):
    assert write_share(share, signed=True) == expected
