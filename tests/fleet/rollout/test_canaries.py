"""Canaries that do not answer are replaced, and never silently."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.fleet.rollout.canaries import CANARIES, MAX_TRIED, choose_canaries, noted_canaries
from millwright.fleet.rollout.journal import open_journal

NODES = tuple(f"n{number}" for number in range(40))


def answering(*dead):
    """Everybody answers but these; remembers who was asked."""

    def ask(nodes):
        ask.asked.append(tuple(nodes))
        return frozenset(nodes) - frozenset(dead)

    ask.asked = []
    return ask


def test_where_all_answer_the_first_ones_go():
    ask = answering()
    found = choose_canaries({"cpu": NODES, "gpu": ("g1", "g2")}, 2, ask)
    assert (found.chosen, found.remarks) == (("n0", "n1", "g1", "g2"), ())
    assert ask.asked[0] == ("n0", "n1"), "in the whole of a partition there is nothing to choose"


def test_the_next_that_answers_takes_the_place_and_both_are_told():
    found = choose_canaries({"cpu": NODES, "gpu": ("g1", "g2")}, 1, answering("n0", "n1", "n2"))
    assert found.chosen == ("n3", "g1")
    assert found.instead_of == {"n0": "n3"}
    assert found.remarks == ("n0 can't go first, n3 does",)


def test_where_nobody_answers_the_canary_stays_and_that_is_told():
    ask = answering(*NODES)
    found = choose_canaries({"cpu": NODES}, 1, ask)
    assert (found.chosen, found.missing) == (("n0",), ("n0",))
    assert found.remarks == ("n0 can't go first, nor any node near it",)
    assert len(ask.asked[1]) == MAX_TRIED


@given(st.integers(1, 5), st.sets(st.sampled_from(NODES)), st.integers(0, 40))
def test_there_are_as_many_as_wanted_and_each_answers_or_is_told(count, dead, size):
    nodes = NODES[:size]
    found = choose_canaries({"cpu": nodes}, count, answering(*dead))
    assert len(found.chosen) == len(set(found.chosen)) == min(count, size)
    if size > count:
        assert {node for node in found.chosen if node in dead} == set(found.missing)
    assert not set(found.instead_of) & set(found.chosen)


@pytest.mark.parametrize("dead", [(), ("n0",), NODES])
def test_a_run_that_goes_on_finds_the_same(tmp_path, dead):
    journal = open_journal(tmp_path, "apply", "r1")
    assert noted_canaries(journal) is None
    found = choose_canaries({"cpu": NODES}, 1, answering(*dead))
    told = {"chosen": found.chosen, "instead_of": dict(found.instead_of), "missing": found.missing}
    journal.note(datetime.now(UTC), CANARIES, **told)
    assert noted_canaries(journal) == found
