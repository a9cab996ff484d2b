"""``millwright regress baseline``: accept the values of stored runs as what a facility gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust
from millwright.app.regress.observed import Observed, history_runs, open_all
from millwright.core.errors import BadInputError, Problem
from millwright.regress.baseline import Baseline, BaselineSeries, find_clashes, make_baseline
from millwright.regress.history import SeriesKey
from millwright.regress.judge import Bounds, find_bounds
from millwright.regress.stored import store_baseline
from millwright.results.run_info import iso_utc
from millwright.statistics.changes import find_changes
from millwright.statistics.two_looks import FEWEST_RUNS

RUNS = 120
"""Runs of a baseline unless told otherwise: what keeps false alarms rare for every kind of noise."""
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class BaselineRequest:
    """Which runs to accept."""

    facility: str
    runs: int = RUNS
    """At most so many, the newest."""
    first: str | None = None
    """Oldest run that may count."""
    last: str | None = None
    """Newest run that may count."""
    without: tuple[str, ...] = ()
    """Runs that do not count."""
    reason: str = ""
    results: Path = DEFAULT_RESULTS
    trust: Trust = field(default_factory=Trust)


class SeriesIdentity(Part):
    """What tells one series from every other."""

    partition: str
    check: str
    parameters: str
    environment: str
    metric: str
    unit: str
    node: str
    """Node, or a folded node set."""
    device: str


class AcceptedSeries(SeriesIdentity):
    """One series of a baseline."""

    runs: int
    """Runs that measured it."""
    level: float
    """Median of its values, in its unit."""
    smallest_drop: float | None
    """Smallest drop that a check would find, as a share; null if the values can't say."""
    changed_at: tuple[str, ...]
    """Runs with which its level changed within the baseline."""


class RegressBaseline(Document):
    """The baseline that applies now."""

    format: Literal["millwright-regress-baseline/1"] = "millwright-regress-baseline/1"
    facility: str
    number: int
    """Baselines are numbered; the highest applies."""
    path: str
    is_new: bool
    """Whether it was stored now; the same runs with the same reason are stored once."""
    created: str
    reason: str
    runs: tuple[str, ...]
    series: tuple[AcceptedSeries, ...]
    undeclared: int
    """Series that no declaration describes, as of checks that others wrote: left out."""


def accept_baseline(context: Context, request: BaselineRequest) -> RegressBaseline:
    """Pool runs to a baseline and store it; earlier baselines stay.

    Raises :exc:`BadInputError` if no run is left or their declarations differ, and
    :exc:`NotTrustedError` for runs that may not be relied on.
    """
    name = stored_name(request.facility, request.results)
    _check_reason(request.reason)
    observed = open_all(_choose(request, name), request.trust)
    _refuse_clashes(observed)
    made = make_baseline(
        name, iso_utc(context.now()), request.reason, observed.observations, observed.registries
    )
    if not made.series:
        raise BadInputError(
            [
                Problem(
                    str(request.results), name, "the runs measured nothing", "runs with values", code="MW6615"
                )
            ]
        )
    stored, is_new = store_baseline(request.results, made)
    bounds = find_bounds(stored.content.series)
    series = tuple(_describe(each, stored.content, bounds) for each in stored.content.series)
    _warn(context, series)
    return RegressBaseline(
        facility=name,
        number=stored.number,
        path=str(stored.path),
        is_new=is_new,
        created=stored.content.created,
        reason=stored.content.reason,
        runs=tuple(run.run_id for run in stored.content.runs),
        series=series,
        undeclared=len({key for each in observed.observations for key in each.undeclared}),
    )


def identity(key: SeriesKey) -> dict[str, str]:
    """The fields of :class:`SeriesIdentity`."""
    return key._asdict()


def _choose(request: BaselineRequest, name: str) -> Sequence[Path]:
    """The runs that may count, oldest first."""
    paths = history_runs(request.results, name)
    known = [path.name for path in paths]
    named = {
        "--from": [request.first] if request.first else [],
        "--to": [request.last] if request.last else [],
        "--without": request.without,
    }
    problems = [
        Problem(
            str(request.results), f"{option} {run}", "no such run is stored", _newest(known), code="MW6607"
        )
        for option, runs in named.items()
        for run in runs
        if run not in known
    ]
    if problems:
        raise BadInputError(problems)
    start = known.index(request.first) if request.first else 0
    end = known.index(request.last) + 1 if request.last else len(known)
    chosen = [path for path in paths[start:end] if path.name not in request.without][-request.runs :]
    if not chosen:
        expected = f"runs stored by millwright run {request.facility}"
        raise BadInputError(
            [Problem(str(request.results), name, "no stored run is left to accept", expected, code="MW6608")]
        )
    return chosen


def _newest(known: Sequence[str]) -> str:
    return f"one of {', '.join(known[-5:])}" if known else "a run stored by millwright run"


def _check_reason(reason: str) -> None:
    if len(reason) > MAX_REASON or not reason.isprintable():
        expected = f"one line of at most {MAX_REASON} characters"
        raise BadInputError([Problem("--reason", "-", "can't be kept as it is", expected, code="MW6609")])


def _refuse_clashes(observed: Observed) -> None:
    problems = []
    for clash in find_clashes(observed.observations, observed.registries):
        said = ", ".join(f"{value} (as run {run})" for value, run in clash.values.items())
        expected = "runs that declare it alike; --from begins after the change"
        problems.append(Problem(clash.check, clash.key, f"was declared as {said}", expected, code="MW6610"))
    if problems:
        raise BadInputError(problems)


def _describe(each: BaselineSeries, baseline: Baseline, bounds: dict[SeriesKey, Bounds]) -> AcceptedSeries:
    changes = find_changes(np.array(each.values))
    return AcceptedSeries(
        **identity(each.series),
        runs=len(each.values),
        level=float(np.median(each.values)),
        smallest_drop=None if each.exact else bounds[each.series].smallest,
        changed_at=tuple(baseline.runs[each.runs[at]].run_id for at in changes),
    )


def _warn(context: Context, series: Sequence[AcceptedSeries]) -> None:
    short = sum(each.runs < FEWEST_RUNS for each in series)
    if short:
        context.warn(
            f"{short} of {len(series)} series have fewer than {FEWEST_RUNS} runs: of them only the 90 % rule "
            "is judged, until more are accepted"
        )
    changed = [each for each in series if each.changed_at]
    if changed:
        newest = max(each.changed_at[-1] for each in changed)
        context.warn(
            f"{len(changed)} of {len(series)} series changed their level within these runs, last with run "
            f"{newest}: if the change is meant, --from {newest} leaves out what was before"
        )
