"""Failures that every site meets are told with what to do."""

import pytest

from millwright.fleet.rollout.host_lines import advise


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", "nothing was sent to it"),
        ("Host key verification failed.", "nothing was sent to it"),
        ("SSH reported an unrecognized or mismatching host key.", "nothing was sent to it"),
        ("[Errno 28] No space left on device: b'/etc/x'", "file system of the host is full"),
    ],
)
def test_advice_comes_before_the_words(message, told):
    found = advise(message)
    assert told in found
    assert found.endswith(message)
