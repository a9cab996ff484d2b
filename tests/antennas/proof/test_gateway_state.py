"""A gateway that no longer keeps to its rules is found."""

import pytest

from millwright.antennas.proof.gateway_state import judge_gateway
from millwright.core.verdict import Verdict

EXPECTED = {"maxsessions": "0", "permitopen": "10.92.0.1:22"}
GOOD = """\
sshd maxsessions 0
sshd permitopen 10.92.0.1:22
filter yes
apt-daily.timer active
apt-daily-upgrade.timer active
end
"""


def test_a_gateway_as_described_passes():
    assert judge_gateway(GOOD, EXPECTED)[0] is Verdict.PASS


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("maxsessions 0", "maxsessions 10", "sshd's maxsessions is '10'"),
        ("sshd maxsessions 0\n", "", "sshd's maxsessions is None"),
        ("filter yes", "filter no", "packet filter"),
        ("filter yes", "filter yes\nunconfirmed sshd", "a change of sshd waits"),
        ("apt-daily.timer active", "apt-daily.timer inactive", "apt-daily.timer does not run"),
    ],
)
def test_each_thing_that_differs_fails_and_is_named(old, new, words):
    outcome, detail = judge_gateway(GOOD.replace(old, new, 1), EXPECTED)
    assert outcome is Verdict.FAIL
    assert words in detail


@pytest.mark.parametrize("printed", ["", GOOD.replace("end\n", "")])
def test_a_gateway_that_was_cut_off_is_not_measured(printed):
    assert judge_gateway(printed, EXPECTED)[0] is Verdict.NOT_MEASURED
