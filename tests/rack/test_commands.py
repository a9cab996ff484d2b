"""Programs that fail say why; programs that take long show that they live."""

import threading
import time

import pytest

from millwright.errors import FailedError
from millwright.rack.commands import follow, run
from millwright.rack.progress import StoppedError


def test_output_is_returned():
    assert run(["echo", "a b", "$(reboot)"]) == "a b $(reboot)\n"


def test_a_failure_carries_the_end_of_what_the_program_said():
    with pytest.raises(FailedError, match="the reason"):
        run(["sh", "-c", "echo the reason >&2; exit 4"])


def test_a_program_that_is_not_there_is_a_failure_too():
    with pytest.raises(FailedError, match="no-such-program"):
        run(["no-such-program"])


def test_a_program_that_does_not_end_is_ended():
    with pytest.raises(FailedError, match="within"):
        run(["sleep", "30"], timeout_s=0.2)


def test_each_line_is_handed_on_and_the_last_one_repeated_while_nothing_comes():
    said = []
    follow(
        ["sh", "-c", "echo one; printf two; sleep 1.5; printf '\\rthree\\n'; printf '\\377 four'"],
        said.append,
    )
    assert [line for i, line in enumerate(said) if line not in said[:i]] == [
        "one",
        "two",
        "three",
        "\ufffd four",
    ]
    assert said.count("one") >= 2, "a second without output is a sign of life too"


def test_a_long_program_that_fails_carries_its_last_lines():
    with pytest.raises(FailedError, match="line 99") as failed:
        follow(["sh", "-c", "seq -f 'line %g' 99; exit 1"], print)
    assert "line 1\n" not in str(failed.value)


def test_an_interrupt_ends_a_silent_program_that_ignores_the_request(steps):
    threading.Timer(0.3, steps.stop).start()
    started = time.monotonic()
    with pytest.raises(StoppedError):
        follow(["sh", "-c", "trap '' TERM; sleep 20 & wait; wait"], lambda line: steps.step("build", line))
    assert time.monotonic() - started < 8
