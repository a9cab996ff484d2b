"""``millwright results facts``: what ran and the state of its nodes, as the job of each case collected it."""

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from millwright.app.document import Document, Part
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.results.evidence import Counted, Rejected
from millwright.results.facts import CaseFacts, read_facts
from millwright.results.runs import find_run


@dataclass(frozen=True, slots=True)
class FactsRequest:
    """The facts to show."""

    facility: str
    run: str | None = None
    """None for the newest."""
    checks: tuple[str, ...] = ()
    """Only the cases of these checks; all if empty."""
    names: tuple[str, ...] = ()
    """Only facts whose dotted name matches one of these shell patterns; all if empty."""
    results: Path = DEFAULT_RESULTS
    trust: Trust = field(default_factory=Trust)


class FactRow(Part):
    """One value of one fact, with all nodes that gave it."""

    seat: str
    partition: str
    case: str
    """ReFrame's name of the case, with its parameters."""
    name: str
    """Dotted, for example ``clocks.governor``."""
    value: str
    """The value, or the reason why it could not be read."""
    readable: bool
    nodes: str
    """Folded; empty for a fact of the build."""


class CaseWithoutFacts(Part):
    """A case whose job collected no facts."""

    seat: str
    partition: str
    case: str


class ResultsFacts(Document):
    """Facts beside the raw output of a run's cases."""

    format: Literal["millwright-results-facts/1"] = "millwright-results-facts/1"
    run: str
    git_commit: str | None
    """Commit of the checkout that measured, with ``-dirty`` if it was changed; null outside of git."""
    facts: tuple[FactRow, ...]
    without_facts: tuple[CaseWithoutFacts, ...]
    broken_lines: int
    """Lines in the files of facts that hold none."""


def show_facts(request: FactsRequest) -> ResultsFacts:
    """Collect the facts of the cases of a run; raises :exc:`NotTrustedError` if it may not be relied on."""
    path = find_run(request.results, stored_name(request.facility, request.results), request.run)
    run, _ = open_run(path, request.trust)
    judged: tuple[Counted | Rejected, ...] = (*run.counted, *run.rejected)
    origins = (item.origin for item in judged)
    wanted = (origin for origin in origins if not request.checks or origin.check in request.checks)
    cases = tuple(read_facts(run.path, wanted))
    return ResultsFacts(
        run=run.info.run_id,
        git_commit=run.info.git_commit,
        facts=tuple(row for case in cases for row in _rows(case, request.names)),
        without_facts=tuple(_named(case) for case in cases if not case.files),
        broken_lines=sum(case.broken_lines for case in cases),
    )


def _rows(case: CaseFacts, patterns: tuple[str, ...]) -> tuple[FactRow, ...]:
    return tuple(
        FactRow.model_validate(asdict(row))
        for row in case.rows
        if not patterns or any(fnmatchcase(row.name, pattern) for pattern in patterns)
    )


def _named(case: CaseFacts) -> CaseWithoutFacts:
    return CaseWithoutFacts(seat=case.origin.seat, partition=case.origin.partition, case=case.origin.case)
