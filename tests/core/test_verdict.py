"""The worst of several verdicts stands for all of them."""

import itertools

import pytest

from millwright.core.verdict import WORST_FIRST, Verdict, severity, worst


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(WORST_FIRST, 2)))
def test_the_worse_of_two_stands_for_both(first, second):
    assert worst([second, first]) is first


def test_a_failure_outweighs_a_missing_value_and_that_an_undecided_one():
    assert [str(verdict) for verdict in WORST_FIRST] == ["FAIL", "NOT MEASURED", "INCONCLUSIVE", "PASS"]


def test_every_verdict_has_a_place_and_a_value_without_reference_comes_last():
    assert sorted([None, *Verdict], key=severity) == [*WORST_FIRST, None]


def test_nothing_has_no_verdict():
    with pytest.raises(ValueError, match="empty"):
        worst([])
