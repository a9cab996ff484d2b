"""Steps at the same time: all failures are told, and an interrupt ends all."""

import threading
import time

import pytest

from millwright.core.errors import FailedError
from millwright.rack import parallel
from millwright.rack.parallel import run_all
from millwright.rack.progress import StoppedError


def failing(text):
    def call():
        raise FailedError(text, code="MW9001")

    return call


def test_results_come_in_order(steps):
    assert run_all([lambda: time.sleep(0.1) or 1, lambda: 2], steps) == [1, 2]
    assert run_all([], steps) == []


def test_every_failure_is_told(steps):
    with pytest.raises(FailedError, match="rack-c1 is ill \\[MW9001\\]\nrack-c2 is ill \\[MW9001\\]"):
        run_all([failing("rack-c1 is ill"), lambda: 1, failing("rack-c2 is ill")], steps)


def test_a_defect_is_not_passed_off_as_a_failure(steps):
    with pytest.raises(ZeroDivisionError):
        run_all([lambda: 1 / 0, failing("x")], steps)


def test_an_interrupt_reaches_every_step(monkeypatch, steps):
    ended = []
    started = threading.Barrier(3)

    def endless():
        started.wait(5)
        try:
            while True:
                steps.step("boot", "waiting")
                time.sleep(0.01)
        except StoppedError:
            ended.append(1)
            raise

    def interrupted(jobs):
        started.wait(5)
        raise KeyboardInterrupt

    monkeypatch.setattr(parallel, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_all([endless, endless], steps)
    assert ended == [1, 1]
