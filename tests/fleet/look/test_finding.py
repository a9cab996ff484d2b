"""Whatever a host answers is read or refused, and never taken for "nothing differs"."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.fleet.look.finding import HostLook, read_answer
from millwright.fleet.look.program import MARK

GOOD = {"differs": [], "untested": [], "sealed": {}, "names": {}, "clock_s": 100.0}


def answer(**changes):
    return MARK + json.dumps(GOOD | changes)


def test_an_answer_between_the_words_of_a_login_shell():
    found = read_answer("c1", f"Welcome!\n{answer()}\nBye\n", "", (99.0, 101.0))
    assert found.is_seen
    assert (found.differences, found.untested, found.clock_skew_s) == ((), {}, 0.0)


def test_a_host_that_answers_nothing_is_not_as_declared():
    found = read_answer("c1", "", "sudo: a password is required", (0, 1))
    assert (found.is_reached, found.is_seen, found.reason) == (True, False, "sudo: a password is required")


@pytest.mark.parametrize(
    "output",
    [
        MARK,
        MARK + "{}",
        MARK + "[]",
        answer(differs=[[1]]),
        answer(clock_s=None),
        answer(sealed=[]),
        answer(names=None),
        answer() + "\n" + answer(),
    ],
)
def test_half_an_answer_is_none(output):
    assert not read_answer("c1", output, "ended with 1", (0, 1)).is_seen


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda text: MARK + text))
def test_any_output_is_read_or_refused(output):
    found = read_answer("c1", output, "no answer", (0, 1))
    assert isinstance(found, HostLook)
    assert not found.is_seen


@pytest.mark.parametrize(("clock_s", "skew_s"), [(100.0, 0.0), (50.0, 49.0), (300.0, 199.0)])
def test_how_far_a_clock_is_off_at_least(clock_s, skew_s):
    assert read_answer("c1", answer(clock_s=clock_s), "", (99.0, 101.0)).clock_skew_s == skew_s
