"""What becomes of a session through a tunnel that is cut for a minute.

It began before ``test_factory_guard_on_the_rack.py``, so nobody waits for it where all tests run in order.
"""

import pytest
from rack_cut import CUT_S

pytestmark = pytest.mark.rack


def test_an_open_session_outlives_a_cut_of_a_minute_and_goes_on(cut):
    cut.join(4 * CUT_S)
    assert cut.was_silent, "the tunnel was not cut"
    assert cut.answer == b"typed in the dark\n"
    # TCP waits twice as long before each repetition, so about the length of the cut passes once more.
    assert cut.waited_s < CUT_S + 30
    print(f"after a cut of {CUT_S} s the open session answered {cut.waited_s:.1f} s later")
    assert cut.home.at_factory("id -un") == "bea\n"
    assert cut.say(b"after\n") == b"after\n"
    cut.session.stdin.close()
    assert cut.session.wait(timeout=30) == 0
