import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from millwright.checks.declaration import Better, Statistic
from millwright.core.claims import SourceKind
from millwright.core.verdict import Verdict
from millwright.facility.model import CommitmentClass
from millwright.facility.topics.judging import FewRuns
from millwright.statistics.repetitions import repetitions_to_decide
from millwright.verdicts.judge import judge, not_measured
from millwright.verdicts.reference import Reference

VALUES = st.lists(st.integers(1, 1000).map(float), min_size=1, max_size=40)


def reference(value=10.0, tolerance=0.0, better=Better.HIGHER, **rules):
    scored, read = CommitmentClass.SCORED, SourceKind.READ
    date = datetime.date(2026, 1, 1)
    return Reference(value, "GB/s", tolerance, better, "contract", read, date, scored, **rules)


def test_pass_when_the_bad_end_still_meets_the_reference_within_tolerance():
    values = [9.5, 9.6, 9.7, 9.8, 9.9, 10.0]
    assert judge(values, reference(tolerance=0.05)).verdict is Verdict.PASS
    assert judge(values, reference(tolerance=0.04)).verdict is Verdict.INCONCLUSIVE


def test_fail_when_the_good_end_does_not_meet_it():
    values = [8.0, 8.1, 8.2, 8.3, 8.4, 8.5]
    assert judge(values, reference(tolerance=0.15)).verdict is Verdict.INCONCLUSIVE
    assert judge(values, reference(tolerance=0.14)).verdict is Verdict.FAIL


def test_a_value_equal_to_the_limit_meets_it():
    assert judge([10.0] * 6, reference()).verdict is Verdict.PASS
    assert judge([10.0] * 6, reference(better=Better.LOWER)).verdict is Verdict.PASS


def test_where_lower_is_better_the_high_end_is_the_bad_one():
    values = [9.0, 9.1, 9.2, 9.3, 9.4, 9.5]
    assert judge(values, reference(9.5, better=Better.LOWER)).verdict is Verdict.PASS
    assert judge(values, reference(9.4, better=Better.LOWER)).verdict is Verdict.INCONCLUSIVE
    assert judge(values, reference(8.9, better=Better.LOWER)).verdict is Verdict.FAIL


def test_a_good_median_alone_is_no_pass():
    values = [1.0, 1.0, 1.0, 20.0, 20.0, 20.0, 20.0]
    judgement = judge(values, reference())
    assert judgement.interval.median > 10
    assert judgement.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("n", [1, 3, 5])
def test_too_few_values_are_inconclusive_and_say_how_many_more(n):
    judgement = judge([20.0] * n, reference())
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.more_repetitions == 6 - n
    assert f"about {6 - n} more would decide" in judgement.reason
    assert judgement.margin is None


def test_it_says_where_more_repetitions_do_not_help():
    judgement = judge([9.0, 11.0] * 10, reference())
    assert (judgement.verdict, judgement.more_repetitions) == (Verdict.INCONCLUSIVE, None)
    assert "more repetitions would not decide" in judgement.reason


def test_without_a_reference_nothing_is_judged_and_the_values_are_kept():
    judgement = judge([1.0] * 6, None)
    assert judgement.verdict is None
    assert judgement.interval.median == 1.0


def test_without_a_value_nothing_is_judged():
    with pytest.raises(ValueError, match="no value"):
        judge([], reference())
    assert not_measured("not run").verdict is Verdict.NOT_MEASURED
    assert not_measured("not run").interval is None


def test_the_margin_is_that_of_the_bad_end_and_negative_where_it_misses():
    values = [11.0, 12.0, 12.0, 12.0, 12.0, 13.0]
    assert judge(values, reference()).margin == pytest.approx(0.1)
    assert judge(values, reference(10.0, better=Better.LOWER)).margin == pytest.approx(-0.3)
    assert judge([0.0] * 6, reference(0.0, better=Better.LOWER)).margin is None


def test_there_are_exactly_four_verdicts():
    assert [str(verdict) for verdict in Verdict] == ["PASS", "FAIL", "INCONCLUSIVE", "NOT MEASURED"]


@given(VALUES, st.integers(1, 1000))
def test_it_is_inconclusive_exactly_where_more_values_are_needed(values, limit):
    assume(sum(value < limit / 2 for value in values) <= len(values) / 10)  # else no median alone passes
    judgement = judge(values, reference(float(limit)))
    needed = repetitions_to_decide(len(values), sum(value >= limit for value in values))
    assert (judgement.verdict is Verdict.INCONCLUSIVE) == (needed != 0)
    assert judgement.more_repetitions == (needed or None)


@given(VALUES, st.integers(1, 1000), st.integers(1, 1000))
def test_a_stricter_reference_never_makes_a_better_verdict(values, one, other):
    order = [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS]
    loose, strict = sorted((one, other))
    found = [judge(values, reference(float(limit))).verdict for limit in (loose, strict)]
    assert order.index(found[0]) >= order.index(found[1])


@given(VALUES, st.integers(1, 1000))
def test_turning_direction_and_sign_gives_the_same_verdict(values, limit):
    """Judged by costs or by gains, a machine gets the same verdict."""
    assume(limit)
    up = judge(values, reference(float(limit)))
    down = judge([-value for value in values], reference(-float(limit), better=Better.LOWER))
    assert (up.verdict, up.more_repetitions) == (down.verdict, down.more_repetitions)


@pytest.mark.parametrize(
    ("values", "limit", "better", "margin"),
    [
        ([12.0] * 6, 10.0, Better.HIGHER, 0.2),
        ([8.0] * 6, 10.0, Better.HIGHER, -0.2),
        ([8.0] * 6, 10.0, Better.LOWER, 0.2),
        ([12.0] * 6, 10.0, Better.LOWER, -0.2),
        ([9.0, 9.5, 10.0, 11.0, 12.0, 13.0], 10.0, Better.HIGHER, -0.1),
        ([0.0] * 6, 0.0, Better.LOWER, None),
    ],
)
def test_the_margin_is_the_distance_of_the_bad_end_as_a_share_of_the_limit(values, limit, better, margin):
    found = judge(values, reference(limit, better=better)).margin
    assert found == (None if margin is None else pytest.approx(margin))


def test_the_limit_allows_for_the_tolerance_in_the_direction_that_is_worse():
    assert reference(10.0, 0.1).limit == 9.0
    assert reference(10.0, 0.1, Better.LOWER).limit == 11.0


LOW = Better.LOWER


@pytest.mark.parametrize(
    ("values", "limit", "better", "rules", "verdict", "reason"),
    [
        ([0] * 12 + [37] * 3, 0, LOW, {"statistic": "defects"}, "FAIL", "wrong results in 3 of 15"),
        ([0] * 15, 0, LOW, {"statistic": "defects"}, "PASS", "up to 0.18 a repetition is not excluded"),
        ([0, 0], 0, LOW, {"statistic": "defects", "minimum_n": 5}, "INCONCLUSIVE", "2 of at least 5"),
        ([0, 1], 0, LOW, {"statistic": "defects", "minimum_n": 5}, "FAIL", "1 of 2"),
        ([0] * 12 + [37] * 3, 0, LOW, {}, "INCONCLUSIVE", "3 of 15 repetitions miss the limit by more than"),
        ([100] * 59 + [10] * 21, 90, Better.HIGHER, {}, "INCONCLUSIVE", "21 of 80 repetitions miss"),
        ([100] * 76 + [10] * 4, 90, Better.HIGHER, {}, "PASS", "the whole interval"),
        ([11, 12, 9], 10, Better.HIGHER, {"statistic": "every"}, "FAIL", "1 of 3 repetitions miss"),
        ([11, 12, 10], 10, Better.HIGHER, {"statistic": "every"}, "PASS", "each of 3"),
        ([11, 12, 10], 10, Better.HIGHER, {"statistic": "worst"}, "PASS", "each of 3"),
        ([11, 12], 10, Better.HIGHER, {"few_runs": FewRuns.EVERY}, "PASS", "each of 2"),
        ([11, 9], 10, Better.HIGHER, {"few_runs": FewRuns.EVERY}, "FAIL", "1 of 2"),
        ([11, 9], 10, Better.HIGHER, {"few_runs": FewRuns.MEDIAN_OR_SLOWER}, "FAIL", "median or slower of 2"),
        ([11, 9, 12], 10, Better.HIGHER, {"few_runs": FewRuns.MEDIAN_OR_SLOWER}, "PASS", "slower of 3"),
        ([9, 12], 10, LOW, {"few_runs": FewRuns.MEDIAN_OR_SLOWER}, "FAIL", "slower of 2"),
        ([11] * 9, 10, Better.HIGHER, {"maximum_n": 8}, "INCONCLUSIVE", "at most 8 were agreed"),
        ([11] * 9, 10, Better.HIGHER, {"minimum_n": 10}, "INCONCLUSIVE", "9 of at least 10"),
        ([11, 9] * 4, 10, Better.HIGHER, {"maximum_n": 8}, "INCONCLUSIVE", "more repetitions would not"),
        ([1] * 298, 2, LOW, {"statistic": "quantile", "quantile": 0.99}, "INCONCLUSIVE", "299 are needed"),
        ([1] * 299, 2, LOW, {"statistic": "quantile", "quantile": 0.99}, "PASS", "quantile 0.99 meets"),
        ([1] * 290 + [3] * 9, 2, LOW, {"statistic": "quantile", "quantile": 0.99}, "FAIL", "misses"),
        ([1] * 298 + [3], 2, LOW, {"statistic": "quantile", "quantile": 0.99}, "INCONCLUSIVE", "within"),
        ([3] * 299, 2, Better.HIGHER, {"statistic": "quantile", "quantile": 0.01}, "PASS", "meets"),
    ],
)
def test_the_commitments_statistic_decides(values, limit, better, rules, verdict, reason):  # noqa: PLR0917
    rules = rules | {"statistic": Statistic(rules.get("statistic", "median"))}
    found = judge([float(v) for v in values], reference(float(limit), better=better, **rules))
    assert (found.verdict.value, reason in found.reason) == (verdict, True), found.reason
