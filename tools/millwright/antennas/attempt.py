"""What a host answered to someone who knocked."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What a host said to someone who wanted in."""

    ENTERED = "entered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PROHIBITED = "the gateway leads not there"
    WRONG_HOST = "not the host whose key is pinned"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One knock: the answer, the reason in the host's words, and how long it took (s)."""

    answer: Answer
    reason: str
    seconds: float
