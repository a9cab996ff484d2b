"""Running a tool: a missing one, a slow one and a failing one each say so."""

import sys

import pytest

from millwright.antennas.commands import output_of, run_tool
from millwright.errors import FailedError, NotTestableError


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
