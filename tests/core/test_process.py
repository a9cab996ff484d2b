"""Programs that fail say why; programs that take long show that they live."""

import sys
import threading
import time

import pytest

from millwright.core.errors import FailedError, NotTestableError
from millwright.core.process import follow, output_of, run_tool
from millwright.rack.progress import Stoppable, StoppedError


class Silent:
    """A display that shows nothing."""

    def step(self, name, detail):
        pass

    def done(self, name, detail):
        pass


def test_output_is_returned():
    assert output_of(["echo", "a b", "$(reboot)"]) == "a b $(reboot)\n"


def test_a_failure_carries_the_end_of_what_the_program_said():
    with pytest.raises(FailedError, match="the reason"):
        output_of(["sh", "-c", "echo the reason >&2; exit 4"])


def test_a_program_that_does_not_end_is_ended():
    with pytest.raises(FailedError, match="within"):
        output_of(["sleep", "30"], limit_s=0.2)


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


def test_an_interrupt_ends_a_silent_program_that_ignores_the_request():
    steps = Stoppable(Silent())
    threading.Timer(0.3, steps.stop).start()
    started = time.monotonic()
    with pytest.raises(StoppedError):
        follow(["sh", "-c", "trap '' TERM; sleep 20 & wait; wait"], lambda line: steps.step("build", line))
    assert time.monotonic() - started < 8


def test_a_missing_tool_is_named():
    with pytest.raises(NotTestableError, match="no-such-tool is missing"):
        output_of(["no-such-tool"])


def test_a_failing_tool_gives_its_last_words():
    with pytest.raises(FailedError, match="status 3: why it failed"):
        output_of([sys.executable, "-c", "import sys; sys.stderr.write('why it failed'); sys.exit(3)"])


def test_a_slow_tool_ends():
    with pytest.raises(FailedError, match=r"did not finish within 0\.2 s"):
        run_tool([sys.executable, "-c", "import time; time.sleep(20)"], limit_s=0.2)


def test_arguments_are_no_shell_text():
    assert output_of(["printf", "%s", "$(id); `id` && x"]) == "$(id); `id` && x"
