"""What was proved about an antenna: answers go in, PASS, FAIL or NOT MEASURED comes out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from millwright.core.errors import ExitCode
from millwright.core.verdict import Verdict

HANDSHAKE_LIMIT_S = 180
"""A WireGuard session is dead after 180 s without a handshake (REJECT_AFTER_TIME, WireGuard paper, 6.1)."""


class Answer(StrEnum):
    """A host's answer to an attempt to log in."""

    ENTERED = "entered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PROHIBITED = "the gateway leads not there"
    WRONG_HOST = "not the host whose key is pinned"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to log in: the answer, the reason in the host's words, and how long it took (s)."""

    answer: Answer
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement about an antenna, whether it holds, and why."""

    antenna: str
    user: str | None
    name: str
    outcome: Verdict
    detail: str

    @property
    def subject(self) -> str:
        """The antenna or user concerned."""
        return self.antenna if self.user is None else f"{self.antenna}/{self.user}"

    def __str__(self) -> str:
        return f"{self.outcome:12} {self.subject:16} {self.name}: {self.detail}"


Judgement = tuple[Verdict, str]
"""An outcome and the reason for it."""


def exit_code_of(proofs: Iterable[Proof]) -> ExitCode:
    """FAIL where one proof failed; NOT TESTED where one could not be made, or none was."""
    outcomes = {proof.outcome for proof in proofs}
    if Verdict.FAIL in outcomes:
        return ExitCode.FAIL
    return ExitCode.OK if outcomes == {Verdict.PASS} else ExitCode.NOT_TESTED


def judge_entry(attempt: Attempt, where: str) -> Judgement:
    """Someone should have come in."""
    if attempt.answer is Answer.ENTERED:
        return Verdict.PASS, f"entered {where} in {attempt.seconds:.2f} s"
    if attempt.answer is Answer.UNREACHABLE:
        return Verdict.NOT_MEASURED, f"{where} could not be reached: {attempt.reason}"
    return Verdict.FAIL, f"{where}: {attempt.answer}: {attempt.reason}"


def judge_refusal(attempt: Attempt, where: str, who: str) -> Judgement:
    """Someone should have been refused; silence is no refusal."""
    if attempt.answer is Answer.REFUSED:
        return Verdict.PASS, f"{where} refused {who}"
    if attempt.answer in {Answer.UNREACHABLE, Answer.PROHIBITED}:
        return Verdict.NOT_MEASURED, f"{where} could not be asked about {who}: {attempt.reason}"
    return Verdict.FAIL, f"{where}: {attempt.answer} with {who}"


def judge_expiry(before: Attempt, expired: Attempt, after: Attempt, where: str) -> Judgement:
    """An expired certificate should have been refused for its date, and for nothing else.

    The three certificates share key, principals and CA and differ in their dates alone; so if the
    valid ones enter before and after, the date is what was refused.
    """
    outcome, detail = judge_refusal(expired, where, "the expired certificate")
    if outcome is not Verdict.PASS:
        return outcome, detail
    for attempt, when in ((before, "before"), (after, "after")):
        if attempt.answer is not Answer.ENTERED:
            reason = f"a valid one just {when} was not let in either ({attempt.reason})"
            return Verdict.NOT_MEASURED, f"{detail}, but {reason}, so its date need not be the cause"
    return Verdict.PASS, f"{detail}; the same key with a valid one entered before and after"


def join_judgements(judgements: Iterable[Judgement]) -> Judgement:
    """The worst outcome with its own reasons; all reasons where all pass."""
    judged = list(judgements)
    for outcome in (Verdict.FAIL, Verdict.NOT_MEASURED):
        reasons = [detail for found, detail in judged if found is outcome]
        if reasons:
            return outcome, "; ".join(reasons)
    if not judged:
        return Verdict.NOT_MEASURED, "nothing was asked"
    return Verdict.PASS, "; ".join(detail for _, detail in judged)


def judge_handshake(
    text: str, key: str, *, where: str = "the gateway", peer: str = "the factory"
) -> Judgement:
    """Judge ``wg show INTERFACE latest-handshakes`` below a line ``now``; all in seconds since 1970.

    ``where`` it was asked, and ``key`` is the public key of the ``peer``.
    """
    now = re.search(r"^now (\d+)$", text, flags=re.MULTILINE)
    spoken = re.search(rf"^{re.escape(key)}\s+(\d+)$", text, flags=re.MULTILINE)
    if now is None:
        return Verdict.NOT_MEASURED, f"{where} did not tell its time"
    if spoken is None:
        return Verdict.FAIL, f"{where} has no tunnel to {peer}"
    if int(spoken[1]) == 0:
        return Verdict.FAIL, "the tunnel never had a handshake"
    age = int(now[1]) - int(spoken[1])
    outcome = Verdict.PASS if age <= HANDSHAKE_LIMIT_S else Verdict.FAIL
    return outcome, f"last handshake {age} s ago (limit {HANDSHAKE_LIMIT_S} s)"
