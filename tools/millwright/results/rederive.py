"""What the raw output of a stored run gives when it is read again, beside what was stored."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from millwright.core.errors import BadInputError
from millwright.results.evidence import Counted, Ingested, Rejected
from millwright.results.ingest import ingest
from millwright.results.parsers.reframe import parse_report
from millwright.results.run_info import OLD_SCHEMA, SessionInfo
from millwright.results.runs import Run
from millwright.results.samples import Samples
from millwright.results.session import SessionFiles, describe_session

C = TypeVar("C", Counted, Rejected)

SESSIONS = "sessions"
REPORT = "run-report.json"
RAW = "raw"
MOST_NAMED = 3
"""Series that are named; more are counted."""


def rederive(run: Run) -> tuple[str, ...]:
    """Every difference between a stored run and its raw output, in words; empty if there is none.

    The run's own declarations are used. Of a run of the first form only the sessions are compared: its cases
    were sorted by the rules of its time.
    """
    try:
        sessions = tuple(_open(folder) for folder in _folders(run.path))
    except (BadInputError, OSError) as error:
        return (f"its raw output can't be read again: {error}",)
    if run.info.schema == OLD_SCHEMA:
        return tuple(_compare_sessions(run.info.sessions, sessions))
    found = ingest(
        tuple(session.read() for session in sessions),
        facility=run.info.facility,
        registry=run.registry,
        emulated=frozenset(run.info.emulated_partitions),
        bounds=run.info.bounds,
    )
    return (
        *_compare_sessions(run.info.sessions, sessions),
        *_compare_samples(run.samples, found.samples),
        *_compare_cases(run, found),
    )


def _folders(path: Path) -> list[Path]:
    place = path / SESSIONS
    return sorted(folder for folder in place.iterdir() if folder.is_dir()) if place.is_dir() else []


def _open(folder: Path) -> SessionFiles:
    file = folder / REPORT
    report = parse_report(file.read_text(encoding="utf-8", errors="replace"), str(file))
    top = folder / RAW
    raw = {str(path.relative_to(top)): path for path in sorted(top.rglob("*")) if path.is_file()}
    return SessionFiles(folder.name, file, report, raw)


def _compare_sessions(stored: tuple[SessionInfo, ...], sessions: tuple[SessionFiles, ...]) -> Iterator[str]:
    before = {session.seat: session for session in stored}
    after = {session.seat: describe_session(session) for session in sessions}
    for seat in sorted({*before, *after}):
        if before.get(seat) != after.get(seat):
            yield f"run.json says of the session {seat} what its report does not"


def _compare_cases(run: Run, found: Ingested) -> Iterator[str]:
    yield from _differ("counted", frozenset(run.counted), frozenset(found.counted))
    yield from _differ("rejected", frozenset(run.rejected), frozenset(found.rejected))


def _differ(name: str, stored: frozenset[C], derived: frozenset[C]) -> Iterator[str]:
    for case in sorted(derived ^ stored):
        what = f"{case.origin.case} on {case.origin.partition}"
        if case in stored:
            yield f"{what} is {name} as stored and not by its raw output"
        else:
            yield f"{what} is {name} by its raw output and not as stored"


def _compare_samples(stored: Samples, derived: Samples) -> Iterator[str]:
    """Differences series by series; equal samples are found equal as columns."""
    if _are_equal(stored, derived):
        return
    before = {series.place: at for at, series in enumerate(stored.series)}
    after = {series.place: at for at, series in enumerate(derived.series)}
    differing = (
        place
        for place in sorted({*before, *after})
        if place not in before
        or place not in after
        or not _is_equal_series(stored, before[place], derived, after[place])
    )
    named = list(islice(differing, MOST_NAMED))
    for place in named:
        partition, check, parameters, metric, unit, environment, node, device = place
        variant = " ".join(filter(None, (check, parameters, environment)))
        where = f"{node} device {device}" if device else node
        what = f"{metric} ({unit}) of {variant} on {partition}, {where}"
        yield f"{what}: its samples are not those of the raw output"
    if more := sum(1 for _ in differing):
        yield f"and {more} more series"


def _are_equal(one: Samples, other: Samples) -> bool:
    if len(one) != len(other) or len(one.offsets) != len(other.offsets):
        return False
    columns = ((one.offsets, other.offsets), (one.rep, other.rep), (one.value, other.value))
    more = ((one.started, other.started), (one.emulated, other.emulated), (one.marks, other.marks))
    return (
        all(np.array_equal(a, b) for a, b in (*columns, *more))
        and all(
            _texts_are_equal(a.codes, a.names, b.codes, b.names)
            for a, b in (
                (one.metric, other.metric),
                (one.unit, other.unit),
                (one.node, other.node),
                (one.device, other.device),
            )
        )
        and _texts_are_equal(one.variant, one.variants, other.variant, other.variants)
        and _texts_are_equal(one.job, one.jobs, other.job, other.jobs)
    )


def _texts_are_equal(
    codes: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
    names: tuple[object, ...],
    others: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
    other_names: tuple[object, ...],
) -> bool:
    """Whether two coded columns stand for the same."""
    known = {name: code for code, name in enumerate(names)}
    translated = np.array([known.get(name, -1) for name in other_names] or [0], dtype=np.int32)
    return np.array_equal(codes, translated[others])


def _is_equal_series(one: Samples, at: int, other: Samples, there: int) -> bool:
    mine, theirs = slice(*one.offsets[at : at + 2]), slice(*other.offsets[there : there + 2])
    return (
        bool(one.emulated[at] == other.emulated[there])
        and np.array_equal(one.rep[mine], other.rep[theirs])
        and np.array_equal(one.value[mine], other.value[theirs])
        and np.array_equal(one.started[mine], other.started[theirs])
        and np.array_equal(one.marks[mine], other.marks[theirs])
        and [one.jobs[job] for job in one.job[mine]] == [other.jobs[job] for job in other.job[theirs]]
    )
