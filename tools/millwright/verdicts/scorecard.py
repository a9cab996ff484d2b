"""Every expected value with its verdict: nothing that was expected is silently missing."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from millwright.checks.declaration import Metric, Scope
from millwright.checks.naming import suite_of
from millwright.core.collection import paused_collection
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.node_sets import NodeSetError, expand
from millwright.core.verdict import Verdict
from millwright.facility import Facility
from millwright.results.evidence import Rejected
from millwright.results.run_info import ExpectedValue
from millwright.results.runs import Run
from millwright.results.samples import Key, Samples, Series
from millwright.statistics.interval import Interval
from millwright.statistics.intervals import median_intervals
from millwright.verdicts.absence import Absences
from millwright.verdicts.asked import split_asked
from millwright.verdicts.doubts import find_doubts
from millwright.verdicts.expectations import Expectation, list_expectations
from millwright.verdicts.foreign import ForeignRow, ForeignState, list_foreign
from millwright.verdicts.judge import judge_interval, not_measured
from millwright.verdicts.marked import find_marks, heed_marks
from millwright.verdicts.rollup import Rollup, Row, roll_up

__all__ = ["Rollup", "Row", "Scorecard", "limit_to", "score"]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The verdicts of one run."""

    run_id: str
    rows: tuple[Row, ...]
    rollups: tuple[Rollup, ...]
    unexpected: tuple[Series, ...]
    """Measured, but nothing in the facility expects it."""
    rejected: tuple[Rejected, ...]
    left_out: tuple[Expectation, ...] = ()
    """Expected by the facility; the run did not set out to measure it, so it is not missing."""
    foreign: tuple[ForeignRow, ...] = ()
    """Every check of others that was to run."""

    @property
    def exit_code(self) -> ExitCode:
        """1 where a requirement failed, else 3 where one is missing or undecided, else 0.

        A scorecard without a row says nothing, so it is 3 as well. A node that fails within what its fleet's
        rule allows is named and fails nothing. A foreign check that did not
        count, or that its authors would not let pass, is undecided.
        """
        verdicts = {rollup.verdict for rollup in self.rollups}
        if Verdict.FAIL in verdicts:
            return ExitCode.FAIL
        if not (verdicts or self.foreign) or verdicts & {Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE}:
            return ExitCode.NOT_TESTED
        is_undecided = any(each.state is not ForeignState.COUNTED for each in self.foreign)
        return ExitCode.NOT_TESTED if is_undecided else ExitCode.OK


@paused_collection()
def score(facility: Facility, run: Run) -> Scorecard:
    """Judge a run against what a facility expects, as far as the run set out to measure it.

    A run that recorded no expected values is judged on all of the facility's.

    Raises :exc:`BadInputError` where the run is another facility's, or the facility expects something
    that can't be measured.
    """
    if run.info.facility != facility.name:
        problem = f"a run of the facility {run.info.facility!r}"
        raise BadInputError([Problem(str(run.path), "facility", problem, repr(facility.name), code="MW6061")])
    expectations, left_out = split_asked(list_expectations(facility, run.registry), run.info)
    found = _index(run.samples)
    environments = {key: _environments(places) for key, places in found.items()}
    absences = Absences(run)
    doubt = partial(find_doubts, says_exact=run.info.bounds is not None)
    rows: list[Row] = []
    answered: set[int] = set()
    for expectation in expectations:
        answers = tuple(_find_answers(found, expectation))
        for environment in environments.get(_key(expectation), ("",)):
            matching = [answer for answer in answers if answer.series.environment == environment]
            rows.extend(_rows(expectation, environment, matching, absences, doubt))
        answered.update(answer.number for answer in answers)
    others = [run.series[number] for number in range(len(run.series)) if number not in answered]
    unexpected = tuple(series for series in others if not suite_of(series.check))
    return Scorecard(
        run.info.run_id,
        tuple(rows),
        roll_up(rows),
        unexpected,
        run.rejected,
        left_out,
        list_foreign(run, (series for series in others if suite_of(series.check))),
    )


def limit_to(scorecard: Scorecard, expected: Iterable[ExpectedValue]) -> Scorecard:
    """The verdicts on the values that a run set out to measure: what was left out on purpose is not missing.

    A value of a whole partition is one of them whatever nodes it was narrowed to.
    """
    places: dict[tuple[str, str, str, str], set[str]] = {}
    for each in expected:
        places.setdefault((each.partition, each.check, each.parameters, each.metric), set()).add(each.node)
    rows = tuple(row for row in scorecard.rows if _is_among(row.expectation, places))
    return replace(scorecard, rows=rows, rollups=roll_up(rows))


def _is_among(found: Expectation, places: Mapping[tuple[str, str, str, str], Container[str]]) -> bool:
    wanted = places.get((found.partition, found.check, found.parameters, found.metric))
    return wanted is not None and (found.definition.scope is not Scope.NODE or found.place in wanted)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A series with its interval."""

    number: int
    """Index into the run's series."""
    series: Series
    interval: Interval


Index = dict[Key, dict[str, list[_Answer]]]
"""Series by what they measure and then by node."""


def _index(samples: Samples) -> Index:
    index: Index = {}
    intervals = median_intervals(samples.value, samples.offsets)
    for number, (series, interval) in enumerate(zip(samples.series, intervals, strict=True)):
        index.setdefault(series.key, {}).setdefault(series.node, []).append(_Answer(number, series, interval))
    return index


def _key(expectation: Expectation) -> Key:
    e = expectation
    return (e.partition, e.check, e.parameters, e.metric, e.definition.unit)


def _environments(places: Mapping[str, Sequence[_Answer]]) -> tuple[str, ...]:
    """Environments that measured a metric in any place: each of them owes a value in every place."""
    return tuple(sorted({answer.series.environment for group in places.values() for answer in group}))


def _find_answers(found: Index, expectation: Expectation) -> Iterator[_Answer]:
    """Find the series that were measured where the expectation expects them."""
    places = found.get(_key(expectation), {})
    if expectation.definition.scope is Scope.NODE:
        yield from places.get(expectation.place, [])
    elif expectation.definition.scope is Scope.ANTENNA:
        yield from (answer for group in places.values() for answer in group)
    else:
        own = frozenset(expectation.nodes)
        for node, answers in places.items():
            if own.issuperset(_expand(node)):
                yield from answers


def _expand(node_set: str) -> tuple[str, ...]:
    """Nodes of a measured set; text that is no set names itself, which no partition holds."""
    try:
        return expand(node_set)
    except NodeSetError:
        return (node_set,)


def _rows(
    expectation: Expectation,
    environment: str,
    found: Sequence[_Answer],
    absences: Absences,
    doubt: Callable[[Interval, Metric], tuple[str, ...]],
) -> Iterator[Row]:
    emulated = expectation.emulated
    for answer in found:
        s = answer.series
        judgement = judge_interval(s.values, answer.interval, expectation.reference)
        judgement = heed_marks(judgement, s.marks)
        doubts = (*doubt(answer.interval, expectation.definition), *find_marks(s.marks))
        is_emulated = s.emulated or emulated
        yield Row(expectation, s.node, s.device, environment, s.values, judgement, is_emulated, doubts)
    if not found:
        missing = not_measured(absences.explain(expectation))
        yield Row(expectation, expectation.place, "", environment, (), missing, emulated)
        return
    measured = {answer.series.device for answer in found if answer.series.device}
    rejected = absences.devices_of(expectation)
    lost = {device: why for device, why in rejected.items() if device not in measured}
    for device, why in lost.items():
        yield Row(expectation, expectation.place, device, environment, (), not_measured(why), emulated)
    known = len(measured) + len(lost)
    if measured and expectation.devices and known < expectation.devices:
        missing = not_measured(f"{len(measured)} of {expectation.devices} devices were measured")
        yield Row(expectation, expectation.place, "", environment, (), missing, emulated)
