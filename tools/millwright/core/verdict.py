"""The four verdicts, and their order from worst to best."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """The verdict on an expected value, a proof or a set of them."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_MEASURED = "NOT MEASURED"


WORST_FIRST = (Verdict.FAIL, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, Verdict.PASS)
"""A failure outweighs a missing value, and a missing value one that is not decided yet."""


def severity(verdict: Verdict | None) -> int:
    """Sort key that puts the worst verdict first; None, that of a value without a reference, comes last."""
    return len(WORST_FIRST) if verdict is None else WORST_FIRST.index(verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts; raises :exc:`ValueError` if there are none.

    >>> worst([Verdict.PASS, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE])
    <Verdict.NOT_MEASURED: 'NOT MEASURED'>
    """
    return min(verdicts, key=severity)
