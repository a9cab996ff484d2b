"""A clock that is off is told with what it does to certificates; a slow answer is no wrong clock."""

import pytest

from millwright.antennas.proof.clocks import judge_clock
from millwright.core.verdict import Verdict


@pytest.mark.parametrize(
    ("told", "outcome", "words"),
    [
        ("1000.5\n", Verdict.PASS, "within 0.0 s"),
        ("940.0\n", Verdict.PASS, "within 60.0 s"),
        ("939.0\n", Verdict.FAIL, "61 s behind: it refuses a fresh certificate for another 1 s"),
        ("400.0\n", Verdict.FAIL, "600 s behind: it refuses a fresh certificate for another 540 s"),
        ("1062.0\n", Verdict.PASS, "within 60.0 s"),
        ("1602.0\n", Verdict.FAIL, "600 s ahead: to it, every certificate ends that much early"),
        ("", Verdict.NOT_MEASURED, "did not tell its time"),
        ("date: not found\n", Verdict.NOT_MEASURED, "did not tell its time"),
        ("nan\n", Verdict.NOT_MEASURED, "did not tell its time"),
    ],
)
def test_a_clock_is_judged_by_what_it_does_to_certificates(told, outcome, words):
    found, detail = judge_clock("gate", told, 1000.0, 1002.0)
    assert found is outcome
    assert detail.startswith("gate")
    assert words in detail


def test_what_a_slow_answer_leaves_open_is_no_offset():
    assert judge_clock("gate", "1300.0", 1000.0, 1290.0)[0] is Verdict.PASS
