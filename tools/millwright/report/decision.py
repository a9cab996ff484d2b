"""The summary that a buyer reads first: what the verdicts add up to, and what to do next."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from millwright.core.errors import ExitCode
from millwright.core.verdict import WORST_FIRST, Verdict
from millwright.report.content import VERDICTS, Decision, Outcome, Step
from millwright.report.judged import Group, Row


def decide(groups: Sequence[Group]) -> Decision:
    """Sum up every row of every group."""
    rows = [(group, row) for group in groups for row in group.rows]
    scored = [row for _, row in rows if row.scored]
    return Decision(
        outcome=_outcome(scored, [row for _, row in rows]),
        expected=len(rows),
        counts=_count([row for _, row in rows]),
        unjudged=sum(row.verdict is None for _, row in rows),
        scored_counts=_count(scored),
        steps=tuple(sorted(_steps(rows), key=lambda step: not step.scored)),
        tightest=_tightest(rows),
        exit_code=int(_exit_code([row for _, row in rows])),
        swaps=tuple(
            f"{group.name}, {row.variant} {row.metric}: {row.nodes_to_swap}"
            for group, row in rows
            if row.nodes_to_swap
        ),
    )


def _count(rows: Sequence[Row]) -> dict[Verdict, int]:
    return {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}


def _exit_code(rows: Sequence[Row]) -> ExitCode:
    """The rule of the scorecard, so that page one and the command agree."""
    verdicts = {row.verdict for row in rows}
    if Verdict.FAIL in verdicts:
        return ExitCode.FAIL
    if not verdicts or verdicts & {Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE}:
        return ExitCode.NOT_TESTED
    return ExitCode.OK


def _outcome(scored: Sequence[Row], rows: Sequence[Row]) -> Outcome:
    verdicts = {row.verdict for row in scored}
    if not verdicts:
        return "unscored"
    if "FAIL" in verdicts:
        return "blocked"
    if verdicts != {"PASS"}:
        return "undecided"
    return "clear" if _exit_code(rows) is ExitCode.OK else "noted"


def _steps(rows: Sequence[tuple[Group, Row]]) -> Iterator[Step]:
    """What each verdict asks for, the worst first; metrics of a check that ask the same, together."""
    asked: dict[Step, list[str]] = {}
    for verdict in WORST_FIRST[:-1]:  # PASS asks for nothing
        for group, row in rows:
            if row.verdict == verdict:
                asked.setdefault(_step(group, row), []).append(row.metric)
    return (replace(step, metrics=tuple(metrics)) for step, metrics in asked.items())


def _step(group: Group, row: Row) -> Step:
    return Step(
        kind="resolve" if row.verdict == "FAIL" else "repeat" if row.verdict == "INCONCLUSIVE" else "measure",
        group=group.name,
        check=row.variant,
        metrics=(),
        scored=row.scored,
        detail=row.reason,
        more_repetitions=row.more_repetitions,
    )


def _tightest(rows: Sequence[tuple[Group, Row]]) -> tuple[str, str, str] | None:
    passed = [
        (row.margin, group.name, row.variant, row.metric)
        for group, row in rows
        if row.scored and row.verdict == "PASS" and row.margin is not None
    ]
    return min(passed)[1:] if passed else None
