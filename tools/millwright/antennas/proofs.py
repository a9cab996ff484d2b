"""What was proved about an antenna: answers go in, PASS, FAIL or NOT MEASURED comes out."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from millwright.antennas.attempt import Answer, Attempt
from millwright.errors import ExitCode

HANDSHAKE_LIMIT_S = 180
"""A WireGuard session is dead after 180 s without a handshake (REJECT_AFTER_TIME, WireGuard paper, 6.1)."""


class Outcome(StrEnum):
    """What one proof came to."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    NOT_MEASURED = "NOT MEASURED"


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement about an antenna, whether it holds, and why."""

    antenna: str
    user: str | None
    name: str
    outcome: Outcome
    detail: str

    def as_row(self) -> dict[str, str | None]:
        """As JSON knows it."""
        return asdict(self)

    @property
    def subject(self) -> str:
        """Whom it is about: an antenna, or a user of one."""
        return self.antenna if self.user is None else f"{self.antenna}/{self.user}"

    def __str__(self) -> str:
        return f"{self.outcome:12} {self.subject:16} {self.name}: {self.detail}"


Judgement = tuple[Outcome, str]
"""An outcome and the reason for it."""


def exit_code_of(proofs: Iterable[Proof]) -> ExitCode:
    """FAIL where one proof failed; NOT TESTED where one could not be made, or none was."""
    outcomes = {proof.outcome for proof in proofs}
    if Outcome.FAIL in outcomes:
        return ExitCode.FAIL
    return ExitCode.OK if outcomes == {Outcome.PASS} else ExitCode.NOT_TESTED


def judge_entry(attempt: Attempt, where: str) -> Judgement:
    """Someone should have come in."""
    if attempt.answer is Answer.ENTERED:
        return Outcome.PASS, f"entered {where} in {attempt.seconds:.2f} s"
    if attempt.answer is Answer.UNREACHABLE:
        return Outcome.NOT_MEASURED, f"{where} could not be reached: {attempt.reason}"
    return Outcome.FAIL, f"{where}: {attempt.answer}: {attempt.reason}"


def judge_refusal(attempt: Attempt, where: str, who: str) -> Judgement:
    """Someone should have been refused; silence is no refusal."""
    if attempt.answer is Answer.REFUSED:
        return Outcome.PASS, f"{where} refused {who}"
    if attempt.answer in {Answer.UNREACHABLE, Answer.PROHIBITED}:
        return Outcome.NOT_MEASURED, f"{where} could not be asked about {who}: {attempt.reason}"
    return Outcome.FAIL, f"{where}: {attempt.answer} with {who}"


def judge_expiry(before: Attempt, expired: Attempt, after: Attempt, where: str) -> Judgement:
    """An expired certificate should have been refused for its date, and for nothing else.

    The three certificates share key, principals and CA and differ in their dates alone; so if the
    valid ones enter before and after, the date is what was refused.
    """
    outcome, detail = judge_refusal(expired, where, "the expired certificate")
    if outcome is not Outcome.PASS:
        return outcome, detail
    for attempt, when in ((before, "before"), (after, "after")):
        if attempt.answer is not Answer.ENTERED:
            reason = f"a valid one just {when} was not let in either ({attempt.reason})"
            return Outcome.NOT_MEASURED, f"{detail}, but {reason}, so its date need not be the cause"
    return Outcome.PASS, f"{detail}; the same key with a valid one entered before and after"


def join_judgements(judgements: Iterable[Judgement]) -> Judgement:
    """The worst outcome with its own reasons; all reasons where all pass."""
    judged = list(judgements)
    for outcome in (Outcome.FAIL, Outcome.NOT_MEASURED):
        reasons = [detail for found, detail in judged if found is outcome]
        if reasons:
            return outcome, "; ".join(reasons)
    if not judged:
        return Outcome.NOT_MEASURED, "nothing was asked"
    return Outcome.PASS, "; ".join(detail for _, detail in judged)


def judge_handshake(
    text: str, key: str, *, where: str = "the gateway", peer: str = "the factory"
) -> Judgement:
    """Judge ``wg show INTERFACE latest-handshakes`` below a line ``now``; all in seconds since 1970.

    ``where`` it was asked, and ``key`` is the public key of the ``peer``.
    """
    now = re.search(r"^now (\d+)$", text, flags=re.MULTILINE)
    spoken = re.search(rf"^{re.escape(key)}\s+(\d+)$", text, flags=re.MULTILINE)
    if now is None:
        return Outcome.NOT_MEASURED, f"{where} did not tell its time"
    if spoken is None:
        return Outcome.FAIL, f"{where} has no tunnel to {peer}"
    if int(spoken[1]) == 0:
        return Outcome.FAIL, "the tunnel never had a handshake"
    age = int(now[1]) - int(spoken[1])
    outcome = Outcome.PASS if age <= HANDSHAKE_LIMIT_S else Outcome.FAIL
    return outcome, f"last handshake {age} s ago (limit {HANDSHAKE_LIMIT_S} s)"
