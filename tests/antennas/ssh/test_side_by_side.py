"""Many at once: in order, without waiting for one another, and every error kept."""

import threading

import pytest

from millwright.antennas.ssh.side_by_side import find_failures, out_of_reach
from millwright.core.errors import FailedError, NotTestableError


def test_all_steps_are_under_way_at_the_same_time():
    barrier = threading.Barrier(13)
    names = [f"antenna-{number}" for number in range(13)]
    assert find_failures(names, lambda _: barrier.wait(timeout=10) and None) == {}


def test_failures_keep_their_names_and_order():
    def step(name):
        if name != "good":
            raise NotTestableError(f"{name} is down", code="MW9001")

    failures = find_failures(["b", "good", "a"], step)
    assert list(out_of_reach(failures).items()) == [("b", "b is down"), ("a", "a is down")]


def test_another_kind_of_error_is_no_gateway_that_is_down():
    with pytest.raises(FailedError):
        out_of_reach(
            {"a": NotTestableError("down", code="MW9001"), "b": FailedError("broken", code="MW9001")}
        )


def test_a_defect_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        find_failures(["a"], lambda _: 1 / 0)


def test_nothing_to_do_is_no_failure():
    assert find_failures([], lambda _: None) == {}
