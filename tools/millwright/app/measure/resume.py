"""``millwright run --resume``: go on with a run that was killed, or store one that could not be stored."""

from dataclasses import dataclass, replace
from pathlib import Path

from millwright import __version__
from millwright.adapters.reframe.benchmark import unfinished_machines_of
from millwright.adapters.reframe.foreign import Chosen
from millwright.adapters.reframe.settings import session_variables
from millwright.app.context import Context
from millwright.app.measure.choice import choose
from millwright.app.measure.run import RunOutcome, Work, carry_out
from millwright.app.measure.unfinished import (
    CHANGES,
    FACILITY_COPY,
    SUITES,
    find_unfinished,
    held,
    read_unfinished,
)
from millwright.checks.foreign import read_suites
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import load_facility
from millwright.verdicts.expectations import list_expectations


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """Which run to go on with."""

    facility: str
    """Name of a known facility, or path."""
    run_id: str | None = None
    """The newest that was not stored if None."""
    junit: Path | None = None


def resume_run(context: Context, request: ResumeRequest) -> RunOutcome:
    """Measure what a run had not ended when it was killed, store everything and judge it.

    The facility is described as it was when the run began. Raises :exc:`BadInputError` if there is no such
    run, and :exc:`NotTestableError` if it is still under way.
    """
    work = read_work(request)
    with held(work.folder):
        earlier, machines = unfinished_machines_of(
            work.facility,
            work.record.checks,
            work.registry,
            work.info.run_id,
            work.folder,
            session_variables(work.info.selection),
            work.sessions,
        )
    ended = sum(len(attempt.session.report.cases) for attempt in earlier)
    context.progress.step("resume", f"{work.info.run_id}: {ended} cases had ended")
    return carry_out(context, work, machines, earlier, request.junit)


def read_work(request: ResumeRequest) -> Work:
    """What a run set out to do, as it was recorded before its first check."""
    name, typed = _named(request.facility)
    folder = find_unfinished(name, request.run_id)
    record = read_unfinished(folder)
    copy = folder / FACILITY_COPY
    facility = load_facility(copy)
    info = record.info
    if info.millwright_version != __version__:
        versions = {**info.tool_versions, "Millwright that resumed": __version__}
        record = replace(record, info=replace(info, tool_versions=versions))
    suites = read_suites(folder / SUITES / FACILITY_COPY)
    registry = checks_for(copy, suites=suites)
    chosen = tuple(Chosen(suites[each.name], each.globs, each.repeat) for each in record.suites)
    known = list_expectations(facility, registry)
    expected = choose(known, info.selection, facility, registry, str(copy), chosen)
    changes = (folder / CHANGES).read_bytes()
    return Work(facility, copy.read_bytes(), typed, registry, expected, record, changes, chosen)


def _named(facility: str) -> tuple[str, str]:
    """Name of a facility, and how to type it; a name with state needs no file."""
    try:
        file = facility_file(facility)
    except BadInputError:
        if "/" not in facility and state_folder(facility).is_dir():
            return facility, facility
        raise
    return load_facility(file).name, as_typed(file)
