"""Contract level: which of the scored requirements FAIL once their number is allowed for.

FAIL of any requirement is corrected by Holm within its family; PASS of all is an intersection-union test and
needs no correction (sources: :mod:`millwright.statistics.sign_test`). A requirement over many nodes misses if
more of them miss than its rule allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from millwright.core.verdict import Verdict
from millwright.statistics.sign_test import FAIL_LEVEL, PASS_LEVEL, holm, p_fail, p_pass


@dataclass(frozen=True, slots=True)
class Repetitions:
    """How many repetitions of one requirement miss its limit."""

    n: int
    misses: int


@dataclass(frozen=True, slots=True)
class FamilyVerdict:
    """One requirement judged within its family by the sign test."""

    verdict: Verdict
    p_fail: float
    """How likely so many misses are if the median meets the limit."""
    p_fail_holm: float
    p_pass: float
    """How likely so few misses are if the median misses the limit."""

    @property
    def fails_uncorrected(self) -> bool:
        """Whether it would FAIL if it were the only requirement."""
        return self.p_fail <= FAIL_LEVEL


def judge_family(requirements: Mapping[str, Repetitions]) -> dict[str, FamilyVerdict]:
    """Judge medians: FAIL where Holm rejects at 5 %, PASS where the own p is at most 2.5 %.

    All PASS: the risk of accepting a machine with at least one median below its limit is then at most 2.5 %,
    for any number of requirements and any dependence. Raises :exc:`ValueError` for impossible counts.
    """
    adjusted = holm({name: p_fail(each.n, each.misses) for name, each in requirements.items()})
    return {name: _judge(each, adjusted[name]) for name, each in requirements.items()}


def _judge(found: Repetitions, adjusted: float) -> FamilyVerdict:
    fails, passes = p_fail(found.n, found.misses), p_pass(found.n, found.misses)
    verdict = Verdict.INCONCLUSIVE
    if adjusted <= FAIL_LEVEL:
        verdict = Verdict.FAIL
    elif passes <= PASS_LEVEL:
        verdict = Verdict.PASS
    return FamilyVerdict(verdict, fails, adjusted, passes)


def p_of_nodes(p_values: Sequence[float], allowed: int = 0) -> float:
    """p-value of "more than ``allowed`` nodes miss": Bonferroni over the nodes that must not.

    If at most ``allowed`` nodes miss, one of the ``allowed + 1`` smallest p-values is a good node's, and the
    chance that any good node's is as small is at most their number times it. 1.0 without that many nodes.

    >>> p_of_nodes([0.001, 0.5, 0.5]), p_of_nodes([0.001, 0.5, 0.5], allowed=1)
    (0.003, 1.0)
    """
    if allowed >= len(p_values):
        return 1.0
    return min(1.0, (len(p_values) - allowed) * sorted(p_values)[allowed])
