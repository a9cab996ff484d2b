"""Whether the clocks on a user's way agree with ours: each host judges a certificate's dates by its own."""

import math
import time
from collections.abc import Callable

from millwright.antennas.proof.connections import connect_as_admin
from millwright.antennas.proof.proofs import Judgement, join_judgements
from millwright.antennas.proof.visitor import run_on
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.trust.certificates import CLOCK_SKEW
from millwright.core.errors import NotTestableError
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility

ASK = "date +%s.%N"
LIMIT_S = CLOCK_SKEW.total_seconds()
"""A clock that is further behind refuses a fresh certificate; one as far ahead ends it that much early."""


def prove_clocks(facility: Facility, antenna: str, clock: Callable[[], float] = time.time) -> Judgement:
    """The gateway's and the login node's clocks are as ours, which dates the certificates."""
    if facility.services is None:
        raise NotTestableError(f"{facility.name} has no login node", code="MW1306")
    hosts = (facility.antennas[antenna].gateway, facility.services.login)
    return join_judgements(_ask(facility, host, clock) for host in hosts)


def _ask(facility: Facility, host: str, clock: Callable[[], float]) -> Judgement:
    with connect_as_admin(resolve_target(facility, host)) as connection:
        run_on(connection)("true")  # what opening the connection costs is no offset
        asked_s = clock()
        printed = run_on(connection)(ASK).stdout
        return judge_clock(host, printed, asked_s, clock())


def judge_clock(host: str, printed: str, asked_s: float, answered_s: float) -> Judgement:
    """Judge a clock by what it showed between two readings of ours; all in seconds since 1970.

    It is off by at least its distance to the time between the two: a slow answer makes no clock wrong.
    """
    try:
        shown_s = float(printed)
    except ValueError:
        shown_s = math.nan
    if not math.isfinite(shown_s):
        return Verdict.NOT_MEASURED, f"{host} did not tell its time"
    behind_s, ahead_s = asked_s - shown_s, shown_s - answered_s
    if behind_s > LIMIT_S:
        meaning = f"it refuses a fresh certificate for another {behind_s - LIMIT_S:.0f} s"
        return Verdict.FAIL, f"{host}'s clock is {behind_s:.0f} s behind: {meaning}; set its clock"
    if ahead_s > LIMIT_S:
        meaning = "to it, every certificate ends that much early"
        return Verdict.FAIL, f"{host}'s clock is {ahead_s:.0f} s ahead: {meaning}; set its clock"
    return Verdict.PASS, f"{host}'s clock is within {max(behind_s, ahead_s, 0):.1f} s of ours"
