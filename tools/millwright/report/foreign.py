"""Checks that others wrote, as the report shows them: suite by suite, without a verdict."""

from collections.abc import Iterator
from dataclasses import dataclass

from millwright.report.judged import Estimate
from millwright.report.rows import to_estimate
from millwright.results.run_info import ForeignSuite as RecordedSuite
from millwright.results.runs import Run
from millwright.verdicts.foreign import ForeignRow, suites_of


@dataclass(frozen=True, slots=True)
class ForeignValue:
    """Repetitions of a value of a foreign check that the facility does not expect."""

    metric: str
    unit: str
    """As the check stated it."""
    node: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class ForeignCheck:
    """A variant of a check that others wrote, on one partition and in one environment."""

    group: str
    check: str
    """With the suite's name as prefix."""
    parameters: str
    variant: str
    environment: str
    state: str
    """`counted`, `missed its own reference`, `not counted` or `never ended`."""
    detail: str
    values: tuple[ForeignValue, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignSuite:
    """A suite of checks that others wrote, run as they are under the ReFrame that it needs."""

    name: str
    title: str
    reframe: str
    """Version; empty if nothing of the suite could start."""
    python: str
    packages: tuple[str, ...]
    checks_sha256: str
    repeat: int
    checks: tuple[ForeignCheck, ...]
    unloaded: tuple[str, ...]
    """Files of checks that ReFrame could not load."""


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
