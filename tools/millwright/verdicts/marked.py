"""What marks of samples do to a verdict."""

from collections.abc import Iterator
from dataclasses import replace

from millwright.checks.declaration import Statistic
from millwright.core.verdict import Verdict
from millwright.results.marks import Mark, Marks, count
from millwright.verdicts.judgement import Judgement

UNSTEADY = "unsteady: the warm-up found no three windows of 0.5 s within 1 % in 60 s"
DECIDED = {Verdict.PASS, Verdict.FAIL}


def heed_marks(judgement: Judgement, marks: Marks | None) -> Judgement:
    """No rate is decided while it was not settled; wrong results are wrong in any circumstances."""
    if judgement.verdict not in DECIDED or judgement.statistic is Statistic.DEFECTS:
        return judgement
    unsteady = count(marks, Mark.UNSTEADY)
    if not unsteady:
        return judgement
    why = f"{UNSTEADY} ({judgement.verdict} otherwise: {judgement.reason})"
    return replace(judgement, verdict=Verdict.INCONCLUSIVE, reason=why, p_fail=None)


def find_marks(marks: Marks | None) -> Iterator[str]:
    """What a reader of the values must know."""
    for mark, text in ((Mark.UNSTEADY, "unsteady"), (Mark.THROTTLED, "throttled for power or heat")):
        if found := count(marks, mark):
            yield f"{found} of {0 if marks is None else len(marks)} values are {text}"
