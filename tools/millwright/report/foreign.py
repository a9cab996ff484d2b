"""Checks that others wrote, as the report shows them: suite by suite, without a verdict."""

from collections.abc import Iterator

from millwright.report.content import ForeignCheck, ForeignSuite, ForeignValue
from millwright.report.rows import to_estimate
from millwright.results.run_info import ForeignSuite as RecordedSuite
from millwright.results.runs import Run
from millwright.verdicts.foreign import ForeignRow, suites_of


def list_suites(run: Run, rows: tuple[ForeignRow, ...]) -> Iterator[ForeignSuite]:
    """Each suite of a run with its checks; also those of which nothing ran."""
    recorded = suites_of(run)
    for name in sorted({*recorded, *(row.suite for row in rows)}):
        yield _suite(name, recorded.get(name), tuple(_check(row) for row in rows if row.suite == name))


def _suite(name: str, recorded: RecordedSuite | None, checks: tuple[ForeignCheck, ...]) -> ForeignSuite:
    if recorded is None:
        return ForeignSuite(name, name, "", "", (), "", 0, checks, ())
    return ForeignSuite(
        name=name,
        title=recorded.title,
        reframe=recorded.reframe,
        python=recorded.python,
        packages=recorded.packages,
        checks_sha256=recorded.checks_sha256,
        repeat=recorded.repeat,
        checks=checks,
        unloaded=recorded.unloaded,
    )


def _check(row: ForeignRow) -> ForeignCheck:
    case = row.case
    return ForeignCheck(
        group=case.partition,
        check=case.check,
        parameters=case.parameters,
        variant=row.variant,
        environment=case.environment,
        state=row.state,
        detail=row.detail,
        values=tuple(
            ForeignValue(each.metric, each.unit, each.node, to_estimate(each.interval)) for each in row.values
        ),
        evidence=row.files,
    )
