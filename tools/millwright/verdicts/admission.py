"""Whether a node may serve users: its checks, and how it stands among its peers, joined into one verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from millwright.core.verdict import Verdict, worst
from millwright.verdicts.peers import Comparison
from millwright.verdicts.scorecard import Row


@dataclass(frozen=True, slots=True)
class Admission:
    """The verdict on one node."""

    node: str
    verdict: Verdict
    reasons: tuple[str, ...]
    """What it rests on, the worst first; for PASS, how it compares."""


def judge_node(node: str, rows: Iterable[Row], comparisons: Iterable[Comparison]) -> Admission:
    """Join everything that one session says of a node; without any row nothing was measured."""
    told: list[tuple[Verdict, str]] = []
    for row in rows:
        if row.node == node and row.judgement.verdict is not None:
            expected = row.expectation
            told.append(
                (row.judgement.verdict, f"{expected.check} {expected.metric}: {row.judgement.reason}")
            )
    found = [comparison for comparison in comparisons if comparison.node == node]
    told.extend((comparison.verdict, comparison.says) for comparison in found)
    if not found:
        told.append((Verdict.NOT_MEASURED, "no value of this node could be compared with its peers"))
    deciding = worst(verdict for verdict, _ in told)
    return Admission(
        node, deciding, tuple(dict.fromkeys(reason for verdict, reason in told if verdict is deciding))
    )


def confirm(first: Mapping[str, Admission], repeat: Mapping[str, Admission]) -> dict[str, Admission]:
    """The verdicts after those that failed were measured again: a failure stands only if it repeats.

    What failed once and passed the second time is INCONCLUSIVE: nobody knows which of the two holds.
    """
    return {node: _confirm(found, repeat.get(node)) for node, found in first.items()}


def _confirm(found: Admission, again: Admission | None) -> Admission:
    if found.verdict is not Verdict.FAIL:
        return found
    if again is None:
        return Admission(found.node, Verdict.INCONCLUSIVE, _with("failed, never repeated", found.reasons))
    if again.verdict is Verdict.FAIL:
        return Admission(found.node, Verdict.FAIL, _with("confirmed by a repeat", again.reasons))
    return Admission(found.node, Verdict.INCONCLUSIVE, _with("not confirmed by a repeat", found.reasons))


def _with(word: str, reasons: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{reason} ({word})" for reason in reasons)
