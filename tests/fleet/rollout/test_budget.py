"""How many hosts may fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.core.errors import BadInputError
from millwright.fleet.rollout.budget import Allowance, Budget, Spent, parse_allowance


@pytest.mark.parametrize(
    ("text", "hosts", "allowed"),
    [
        ("0", 9, 0),
        ("3", 9, 3),
        ("10%", 9, 0),
        ("10%", 10, 1),
        ("29%", 100, 29),
        ("100%", 7, 7),
        ("2.5%", 80, 2),
    ],
)
def test_numbers_and_shares(text, hosts, allowed):
    assert parse_allowance(text, "--max-failed").of(hosts) == allowed


@pytest.mark.parametrize("text", ["", "-1", "five", "5 %%", "101%", "1e9", "3.5", "$(id)%", "²"])
def test_what_is_no_allowance_is_refused(text):
    with pytest.raises(BadInputError, match="--max-failed"):
        parse_allowance(text, "--max-failed")


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_a_share_never_allows_more_than_its_part(hosts, share):
    allowed = Allowance(share=share).of(hosts)
    assert 0 <= allowed <= hosts
    assert allowed <= share * hosts + 1e-6
    assert allowed > share * hosts - 1 - 1e-6


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_a_budget_stops_exactly_when_it_is_exceeded(hosts, failed, allowed):
    failed = min(failed, hosts)
    budget = Budget(Allowance(allowed), Allowance(hosts))
    spent = Spent(hosts, failed, 0)
    assert bool(budget.why_to_stop(spent, spent, is_trial=False)) == (failed > allowed)
    assert bool(budget.why_to_stop(spent, spent, is_trial=True)) == (failed > 0)


def test_the_total_stops_too():
    budget = Budget(Allowance(5), Allowance(share=0.05))
    told = budget.why_to_stop(Spent(10, 3, 0), Spent(100, 6, 0), is_trial=False)
    assert told == "6 of 100 hosts failed in total, 5 allowed"


def test_unreachable_hosts_count_only_when_told():
    spent = Spent(10, 0, 9)
    assert not Budget(Allowance(0), Allowance(0)).why_to_stop(spent, spent, is_trial=True)
    counting = Budget(Allowance(0), Allowance(0), counts_unreachable=True)
    assert "9 of 10 hosts of this wave failed, none allowed" in counting.why_to_stop(
        spent, spent, is_trial=False
    )
