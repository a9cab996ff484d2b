"""Two runs side by side: a change counts only where the intervals are apart."""

import dataclasses

import pytest

from millwright.report.comparison import compare_runs, judge_change
from millwright.report.judged import Estimate


def estimate(low, high, n=15):
    middle = (low + high) / 2 if low is not None else 5.0
    return Estimate(n, middle, low, high, middle, middle, 0.0)


@pytest.mark.parametrize(
    ("before", "after", "better", "result"),
    [
        ((9, 10), (10.1, 11), "higher", "better"),
        ((9, 10), (10.1, 11), "lower", "worse"),
        ((9, 10), (8, 8.9), "higher", "worse"),
        ((9, 10), (8, 8.9), "lower", "better"),
        ((9, 10), (10, 11), "higher", "no difference shown"),
        ((9, 10), (None, None), "higher", "not comparable"),
    ],
)
def test_a_change_needs_intervals_that_are_apart(before, after, better, result):
    assert judge_change(estimate(*before), estimate(*after), better) == result


def compare(groups, other):
    return compare_runs(groups, other, run_id="r", finished="2026-01-01T00:00:00Z", manifest_sha256="a" * 64)


def test_a_run_does_not_differ_from_itself(small_content):
    found = compare(small_content.groups, small_content.groups)
    assert {value.result for value in found.values} <= {"no difference shown", "not comparable"}
    assert {value.change for value in found.values} == {0.0}
    assert (found.only_here, found.only_there) == ((), ())


def test_one_slower_node_is_named_although_the_others_are_equal(small_content):
    group = small_content.groups[0]
    row = next(row for row in group.rows if row.better == "higher" and len(row.series) > 1)
    first, *rest = row.series
    width = 0.5 * first.estimate.low
    slow = dataclasses.replace(
        first, estimate=dataclasses.replace(first.estimate, low=width * 0.9, median=width, high=width * 1.1)
    )
    later = dataclasses.replace(group, rows=(dataclasses.replace(row, series=(slow, *rest)),))
    (value,) = compare((later,), (group,)).values
    assert (value.result, value.worsened, value.improved) == ("worse", first.node, "")
    assert value.places == len(row.series)


def test_other_units_are_never_compared(small_content):
    group = small_content.groups[0]
    row = dataclasses.replace(group.rows[0], unit="furlong")
    (value,) = compare((group,), (dataclasses.replace(group, rows=(row,)),)).values
    assert (value.result, value.change) == ("not comparable", None)


def test_what_only_one_run_measured_is_listed(small_content):
    group = small_content.groups[0]
    less = dataclasses.replace(group, rows=group.rows[:1])
    found = compare((less,), small_content.groups)
    assert found.only_here == ()
    assert any(group.rows[1].metric in name for name in found.only_there)
