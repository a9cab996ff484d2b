"""What the checks of others gave in a run: every case that was to run, and the values that nobody committed.

Values that the facility expects are judged like any other. The rest is shown without a verdict: what the
authors of a check take for good is no commitment of a bidder.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from millwright.checks.naming import name_variant, suite_of
from millwright.results.evidence import Counted, Origin, Rejected
from millwright.results.foreign import MISSED, clean, suite_of_seat
from millwright.results.run_info import ForeignCase, ForeignSuite
from millwright.results.runs import Run
from millwright.results.samples import Series
from millwright.statistics.interval import Interval, median_interval

MAX_DETAILS = 3


class ForeignState(StrEnum):
    """How the cases of a foreign check ended."""

    COUNTED = "counted"
    MISSED = "missed its own reference"
    """Its values count; its authors would not have let it pass."""
    NOT_COUNTED = "not counted"
    NEVER_ENDED = "never ended"
    """It was to run, and left no case."""


@dataclass(frozen=True, slots=True)
class ForeignValue:
    """The repetitions of a value that the facility does not expect."""

    metric: str
    unit: str
    """As the check stated it."""
    node: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """One variant of a foreign check on one partition, in one environment."""

    suite: str
    case: ForeignCase
    state: ForeignState
    detail: str
    """Remarks, or why it does not count; empty if there is nothing to say."""
    cases: int
    """How many counted."""
    values: tuple[ForeignValue, ...]
    files: tuple[str, ...]
    """Raw files, by their path within the run folder."""

    @property
    def variant(self) -> str:
        """The check with its parameters."""
        return name_variant(self.case.check, self.case.parameters)


@dataclass(slots=True)
class _Found:
    counted: list[Counted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)


def list_foreign(run: Run, unexpected: Iterable[Series]) -> tuple[ForeignRow, ...]:
    """Every foreign check of a run; ``unexpected`` are the series that the facility does not expect."""
    found: dict[ForeignCase, _Found] = {}
    repeats: dict[ForeignCase, int] = {}
    for suite in run.info.foreign:
        for case in suite.cases:
            found[case], repeats[case] = _Found(), suite.repeat
    for counted in run.counted:
        if suite_of(counted.origin.check):
            found.setdefault(_case(counted.origin), _Found()).counted.append(counted)
    for rejected in run.rejected:
        if suite_of(rejected.origin.check):
            found.setdefault(_case(rejected.origin), _Found()).rejected.append(rejected)
    for series in unexpected:
        case = ForeignCase(series.check, series.parameters, series.partition, series.environment)
        if case in found:
            found[case].series.append(series)
    rows = (_row(case, found[case], repeats.get(case, 1)) for case in sorted(found))
    return (*rows, *_never_started(run))


def _never_started(run: Run) -> Iterator[ForeignRow]:
    """Suites whose session left nothing: which cases they would have had is not known."""
    for seat, reason in sorted(run.info.failed_sessions.items()):
        if suite := suite_of_seat(seat):
            case = ForeignCase(f"{suite}.*", "", "", "")
            yield ForeignRow(suite, case, ForeignState.NEVER_ENDED, clean(reason), 0, (), ())


def suites_of(run: Run) -> Mapping[str, ForeignSuite]:
    """The foreign suites of a run by name."""
    return {suite.name: suite for suite in run.info.foreign}


def _case(origin: Origin) -> ForeignCase:
    return ForeignCase(origin.check, origin.parameters, origin.partition, origin.environment)


def _row(case: ForeignCase, found: _Found, repeat: int) -> ForeignRow:
    details = list(dict.fromkeys(_details(found, repeat)))
    more = len(details) - MAX_DETAILS
    origins = [*(each.origin for each in found.counted), *(each.origin for each in found.rejected)]
    return ForeignRow(
        suite=suite_of(case.check),
        case=case,
        state=_state(found, repeat),
        detail="; ".join([*details[:MAX_DETAILS], *([f"and {more} more"] if more > 0 else [])]),
        cases=len(found.counted),
        values=tuple(
            ForeignValue(each.metric, each.unit, each.node, median_interval(each.values))
            for each in found.series
        ),
        files=tuple(path for origin in origins for path in origin.files),
    )


def _state(found: _Found, repeat: int) -> ForeignState:
    if found.rejected:
        return ForeignState.NOT_COUNTED
    if len(found.counted) < repeat:
        return ForeignState.NEVER_ENDED
    has_missed = any(each.remarks.startswith(MISSED) for each in found.counted)
    return ForeignState.MISSED if has_missed else ForeignState.COUNTED


def _details(found: _Found, repeat: int) -> Iterator[str]:
    for rejected in found.rejected:
        yield from rejected.reasons
    if len(found.counted) + len(found.rejected) < repeat:
        yield f"{len(found.counted) + len(found.rejected)} of {repeat} cases ended"
    yield from (each.remarks for each in found.counted if each.remarks)
