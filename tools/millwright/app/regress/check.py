"""``millwright regress check``: judge a run against the accepted baseline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.run import RunRequest
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.app.regress.baseline import SeriesIdentity, identity
from millwright.app.regress.confirm import Repeats, confirm, load_repeats
from millwright.app.regress.observed import REPEATS_ROOT, history_runs, open_all, reason_of_absence
from millwright.app.regress.provisioning import provisioning_events
from millwright.checks.declaration import Scope
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.places import state_folder
from millwright.core.verdict import Verdict
from millwright.facility import load_facility
from millwright.regress.baseline import Baseline, find_other_declarations
from millwright.regress.causes import Event, Facts, LevelChange, facts_behind, trace_changes
from millwright.regress.history import Observation, SeriesKey, observe, values_of
from millwright.regress.judge import SeriesVerdict, judge_series
from millwright.regress.stored import StoredBaseline, load_baseline
from millwright.results.facts import read_facts
from millwright.results.runs import Run, find_run, load_run

LATER_RUNS = 200
"""Newest runs since the baseline that are searched for changes of level."""
MOST_TRACED = 200
"""Series whose changes of level are searched, the worst first."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to judge against which baseline."""

    facility: str
    run: str | None = None
    """None for the newest."""
    baseline: int | None = None
    """None for the newest."""
    confirm: bool = False
    """Whether suspicious values are measured again."""
    folders: tuple[Path, ...] = ()
    """Further folders of checks, for the repeats."""
    results: Path = DEFAULT_RESULTS
    sign_with: Path | None = None
    trust: Trust = field(default_factory=Trust)


class Cause(Part):
    """Something that was changed before a level changed."""

    at: str
    """ISO 8601, UTC: when it was done, or when the first run with it started."""
    kind: str
    """provisioning, firmware, driver, kernel, settings, compiler, hardware or product."""
    text: str


class Change(Part):
    """One change of level of a series."""

    run: str
    """First run of the new level."""
    started: str
    before: float
    after: float
    """Medians of the levels, in the series' unit."""
    causes: tuple[Cause, ...]
    """What was changed last before it, oldest first."""
    is_between: bool
    """Whether that was after the last run of the old level; else other runs lie between."""


class JudgedSeries(SeriesIdentity):
    """One series of a run beside its baseline."""

    better: Literal["higher", "lower"]
    verdict: Verdict
    reason: str
    runs: int
    """Baseline runs that measured it."""
    level: float | None
    """Median of the baseline."""
    value: float | None
    """The run's; null if it has none that counts."""
    drop: float | None
    """Share of the level by which the value, or the mean of its repeats, is worse."""
    repeats: tuple[float, ...]
    keeps_90: bool | None
    """Whether EuroHPC's rule holds: at least 90 % of the baseline."""
    look: str
    """clear, suspicious, cleared by repeats, confirmed by repeats, too few runs or exact."""
    smallest_drop: float | None
    """Smallest drop that would be found, as a share."""
    emulated: bool
    changes: tuple[Change, ...]


class RegressCheck(Document):
    """The verdicts of one run against one baseline."""

    format: Literal["millwright-regress-check/1"] = "millwright-regress-check/1"
    facility: str
    run: str
    baseline: int
    baseline_path: str
    baseline_runs: int
    repeats: tuple[str, ...]
    """Runs that repeated suspicious values."""
    exit_code: int
    """1 after a regression, 3 if a value is missing or undecided, else 0."""
    series: tuple[JudgedSeries, ...]
    """The worst first."""
    new: tuple[SeriesIdentity, ...]
    """Measured, and not in the baseline: nothing is judged."""
    left_out: int
    """Series of the baseline that the run did not set out to measure."""


def check_run(context: Context, request: CheckRequest) -> RegressCheck:
    """Judge a run, repeat what is suspicious if asked to, and trace what became worse to changes.

    Raises :exc:`BadInputError` without a baseline, for one of another facility, for a run that is part of it
    and for checks that are declared otherwise now; :exc:`NotTrustedError` for runs that are not as stored.
    """
    name = stored_name(request.facility, request.results)
    baseline = load_baseline(request.results, name, request.baseline)
    run, _ = open_run(_find(request, name), request.trust)
    seen = observe(run)
    _refuse(baseline, run, seen)
    repeats = load_repeats(request.results, name, run.info.run_id, request.trust)
    verdicts = _judge(baseline.content, run, seen, repeats)
    suspicious = [each.key for each in verdicts if each.needs_repeats]
    if request.confirm and suspicious:
        measure = RunRequest(
            request.facility, folders=request.folders, results=request.results, sign_with=request.sign_with
        )
        confirm(context, measure, run.info, suspicious, repeats)
        repeats = load_repeats(request.results, name, run.info.run_id, request.trust)
        verdicts = _judge(baseline.content, run, seen, repeats)
    traced = _trace(request, name, baseline.content, run, seen, repeats, verdicts)
    return _document(name, baseline, run, seen, repeats, verdicts, traced)


def _find(request: CheckRequest, name: str) -> Path:
    """The run to judge: the newest that was measured here, unless one is named."""
    if request.run is None:
        paths = history_runs(request.results, name)
        if paths:
            return paths[-1]
    return find_run(request.results, name, request.run)


def _refuse(baseline: StoredBaseline, run: Run, seen: Observation) -> None:
    file, run_id = str(baseline.path), run.info.run_id
    problems = []
    if run_id in {each.run_id for each in baseline.content.runs}:
        expected = "a run after it: millwright run measures one"
        problems.append(Problem(file, run_id, "the run is part of the baseline", expected, code="MW6606"))
    checks = sorted({key.check for key in seen.values})
    for key, before, after in find_other_declarations(baseline.content, run.registry, checks):
        problem = f"{after} in the run {run_id}"
        expected = f"{before}, as in the baseline; regress baseline accepts runs that declare it anew"
        problems.append(Problem(file, key, problem, expected, code="MW6611"))
    if problems:
        raise BadInputError(problems)


def _judge(baseline: Baseline, run: Run, seen: Observation, repeats: Repeats) -> tuple[SeriesVerdict, ...]:
    values = {key: measured.value for key, measured in seen.values.items()}
    return judge_series(baseline.series, values, repeats.values(), _absent(baseline, run, seen))


def _absent(baseline: Baseline, run: Run, seen: Observation) -> dict[SeriesKey, str]:
    """Series of the baseline that the run set out to measure and has no value of."""
    asked = {(e.partition, e.check, e.parameters, e.metric, e.node) for e in run.info.expected}
    spanning = {place[:4] for place in asked}
    found: dict[SeriesKey, str] = {}
    for each in baseline.series:
        key = each.series
        metric = run.registry.metric(key.check, key.metric)
        what = (key.partition, key.check, key.parameters, key.metric)
        is_asked = (*what, key.node) in asked or (
            metric is not None and metric.scope is not Scope.NODE and what in spanning
        )
        if is_asked and key not in seen.values:
            found[key] = reason_of_absence(run, *what[:3], key.node)
    return found


def _trace(  # noqa: PLR0913, PLR0917 - a check and everything that it rests on
    request: CheckRequest,
    name: str,
    baseline: Baseline,
    run: Run,
    seen: Observation,
    repeats: Repeats,
    verdicts: Sequence[SeriesVerdict],
) -> dict[SeriesKey, tuple[LevelChange, ...]]:
    """Changes of level of the series that did not pass or were suspicious, from the baseline on."""
    worse = [each.key for each in verdicts if each.value is not None and _is_of_interest(each)][:MOST_TRACED]
    if not worse:
        return {}
    paths = _paths(request.results, name, baseline, run)
    history = (*open_all(paths, request.trust).observations, seen, *repeats.runs)
    by_id = {path.name: path for path in (*paths, run.path, *_repeat_paths(request.results, name, repeats))}
    nodes = [
        node for each in load_facility(run.facility_file).partitions.values() for node in each.node_names()
    ]
    events = tuple(provisioning_events(state_folder(name), nodes))
    facts_of = facts_reader(by_id)
    return {key: _trace_one(key, history, events, facts_of) for key in worse}


def _is_of_interest(verdict: SeriesVerdict) -> bool:
    return verdict.verdict is not Verdict.PASS or bool(verdict.repeats)


def _trace_one(
    key: SeriesKey,
    history: Sequence[Observation],
    events: Sequence[Event],
    facts_of: Callable[[str, SeriesKey], Facts],
) -> tuple[LevelChange, ...]:
    points = list(values_of(key, history))
    infos = [observation.info for observation, _ in points]
    return trace_changes(key, infos, [value for _, value in points], events, facts_of)


def _paths(results: Path, name: str, baseline: Baseline, run: Run) -> tuple[Path, ...]:
    """Baseline runs that are still stored, and the newest after them, up to the one under judgement."""
    accepted = {each.run_id for each in baseline.runs}
    paths = [path for path in history_runs(results, name) if path.name != run.info.run_id]
    newest = max(accepted)
    later = [path for path in paths if newest < path.name < run.info.run_id]
    return (*(path for path in paths if path.name in accepted), *later[-LATER_RUNS:])


def _repeat_paths(results: Path, name: str, repeats: Repeats) -> tuple[Path, ...]:

    return tuple(results / REPEATS_ROOT / name / each.info.run_id for each in repeats.runs)


def facts_reader(paths: Mapping[str, Path]) -> Callable[[str, SeriesKey], Facts]:
    """Reads the facts behind a series in a run, each run once."""

    @cache
    def load(run_id: str) -> Run:
        return load_run(paths[run_id])

    def read(run_id: str, key: SeriesKey) -> Facts:
        run = load(run_id)
        what = (key.partition, key.check, key.parameters)
        origins = (
            each.origin
            for each in run.counted
            if (each.origin.partition, each.origin.check, each.origin.parameters) == what
        )
        return facts_behind(read_facts(run.path, origins), key)

    return read


def _document(  # noqa: PLR0913, PLR0917 - everything that a check found
    name: str,
    baseline: StoredBaseline,
    run: Run,
    seen: Observation,
    repeats: Repeats,
    verdicts: Sequence[SeriesVerdict],
    traced: Mapping[SeriesKey, tuple[LevelChange, ...]],
) -> RegressCheck:
    known = {each.series for each in baseline.content.series}
    return RegressCheck(
        facility=name,
        run=run.info.run_id,
        baseline=baseline.number,
        baseline_path=str(baseline.path),
        baseline_runs=len(baseline.content.runs),
        repeats=tuple(each.info.run_id for each in repeats.runs),
        exit_code=int(exit_code(verdicts)),
        series=tuple(_describe(each, seen, traced.get(each.key, ())) for each in verdicts),
        new=tuple(SeriesIdentity(**identity(key)) for key in sorted(seen.values.keys() - known)),
        left_out=len(known) - len(verdicts),
    )


def exit_code(verdicts: Sequence[SeriesVerdict]) -> ExitCode:
    """1 after a regression, 3 if a value is missing or undecided or nothing was judged, else 0."""
    found = {each.verdict for each in verdicts}
    if Verdict.FAIL in found:
        return ExitCode.FAIL
    return ExitCode.OK if found == {Verdict.PASS} else ExitCode.NOT_TESTED


def _describe(found: SeriesVerdict, seen: Observation, changes: Sequence[LevelChange]) -> JudgedSeries:
    measured = seen.values.get(found.key)
    return JudgedSeries(
        **identity(found.key),
        better="higher" if found.better == "higher" else "lower",
        verdict=found.verdict,
        reason=found.reason,
        runs=found.runs,
        level=found.level,
        value=found.value,
        drop=found.drop,
        repeats=found.repeats,
        keeps_90=found.keeps_90,
        look=str(found.look),
        smallest_drop=found.smallest,
        emulated=bool(measured and measured.emulated),
        changes=tuple(_change(each) for each in changes),
    )


def _change(found: LevelChange) -> Change:
    causes = tuple(Cause(at=each.at, kind=each.kind, text=each.text) for each in found.events)
    return Change(
        run=found.run_id,
        started=found.started,
        before=found.before,
        after=found.after,
        causes=causes,
        is_between=found.is_between,
    )
