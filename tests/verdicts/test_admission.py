"""One verdict a node, and failures that must repeat."""

from dataclasses import dataclass

import pytest

from millwright.core.verdict import Verdict
from millwright.verdicts.admission import Admission, confirm, judge_node
from millwright.verdicts.judge import Judgement
from millwright.verdicts.peers import Comparison


@dataclass
class Expected:
    check: str = "Gemm"
    metric: str = "fp64_rate"


@dataclass
class Row:
    node: str
    judgement: Judgement
    expectation: Expected


def row(node, verdict):
    return Row(node, Judgement(verdict, None, "because"), Expected())


def comparison(node, verdict):
    return Comparison(node, "", "Gemm", "fp64_rate", "GFLOP/s", 1.0, 9, 1.0, 0.0, verdict)


@pytest.mark.parametrize(
    ("rows", "comparisons", "verdict"),
    [
        ([Verdict.PASS], [Verdict.PASS], Verdict.PASS),
        ([Verdict.PASS], [Verdict.INCONCLUSIVE], Verdict.INCONCLUSIVE),
        ([Verdict.NOT_MEASURED], [Verdict.INCONCLUSIVE], Verdict.NOT_MEASURED),
        ([Verdict.PASS], [Verdict.FAIL], Verdict.FAIL),
        ([Verdict.FAIL], [Verdict.PASS], Verdict.FAIL),
        ([None], [Verdict.PASS], Verdict.PASS),
        ([], [], Verdict.NOT_MEASURED),
        ([Verdict.PASS], [], Verdict.NOT_MEASURED),
    ],
)
def test_the_worst_stands(rows, comparisons, verdict):
    found = judge_node(
        "n1", [row("n1", each) for each in rows], [comparison("n1", each) for each in comparisons]
    )
    assert found.verdict is verdict
    assert found.reasons


def test_other_nodes_do_not_count():
    assert (
        judge_node("n1", [row("n2", Verdict.FAIL)], [comparison("n1", Verdict.PASS)]).verdict is Verdict.PASS
    )


@pytest.mark.parametrize(
    ("again", "verdict", "word"),
    [
        (Verdict.FAIL, Verdict.FAIL, "confirmed by a repeat"),
        (Verdict.PASS, Verdict.INCONCLUSIVE, "not confirmed by a repeat"),
        (Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, "not confirmed by a repeat"),
        (None, Verdict.INCONCLUSIVE, "never repeated"),
    ],
)
def test_a_failure_must_repeat(again, verdict, word):
    first = {"n1": Admission("n1", Verdict.FAIL, ("slow",)), "n2": Admission("n2", Verdict.PASS, ("fine",))}
    repeat = {"n1": Admission("n1", again, ("slow again",))} if again else {}
    found = confirm(first, repeat)
    assert found["n1"].verdict is verdict
    assert word in found["n1"].reasons[0]
    assert found["n2"] == first["n2"]
