"""The record of a run that is under way: what another process needs to go on with it after a kill."""

import fcntl
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from millwright.checks.foreign import Suite
from millwright.checks.registry import OWN
from millwright.core.errors import BadInputError, NotTestableError, Problem
from millwright.core.files import write_atomically
from millwright.core.places import state_folder
from millwright.results.records import from_json, to_json
from millwright.results.run_info import RUN_ID, STRICT, RunInfo

SCHEMA = "millwright-unfinished-run/1"
RECORD = "run.json"
FACILITY_COPY = "facility.yaml"
CHANGES = "checkout.diff"
LOCK = "lock"
SUITES = "foreign"
"""Folder with ``foreign.yaml`` and the suites' own folders."""


@dataclass(frozen=True, slots=True)
class SuiteChoice:
    """A foreign suite as a run takes it."""

    __pydantic_config__ = STRICT
    name: str
    globs: tuple[str, ...]
    """Patterns of check names; all if empty."""
    repeat: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that began and was not stored."""

    __pydantic_config__ = STRICT
    info: RunInfo
    checks: tuple[str, ...]
    results: str
    """Absolute path of the results folder."""
    sign_with: str = ""
    """SSH private key that signs; empty for this account's own."""
    suites: tuple[SuiteChoice, ...] = ()
    """Foreign suites that run beside."""
    schema: str = SCHEMA


def session_folder(facility: str, run_id: str) -> Path:
    """Where a run keeps its record and what ReFrame writes, until it is stored."""
    return _sessions(facility) / run_id


def list_unfinished(facility: str) -> tuple[Path, ...]:
    """Folders of the runs of a facility that were not stored, oldest first; some may be under way."""
    place = _sessions(facility)
    entries = sorted(place.iterdir()) if place.is_dir() else []
    return tuple(entry for entry in entries if RUN_ID.fullmatch(entry.name) and (entry / RECORD).is_file())


def find_unfinished(facility: str, run_id: str | None) -> Path:
    """Folder of one such run, or of the newest; raises :exc:`BadInputError` if there is none."""
    found = list_unfinished(facility)
    matching = [each for each in found if run_id in (None, each.name)]
    if matching:
        return matching[-1]
    what = f"no unfinished run {run_id!r}" if run_id else "no unfinished run"
    known = ", ".join(each.name for each in found) or f"millwright run {facility} without --resume"
    raise BadInputError([Problem(str(_sessions(facility)), "--resume", what, known, code="MW6259")])


def read_unfinished(folder: Path) -> Unfinished:
    """Read the record of a run; raises :exc:`BadInputError` if it can't be understood."""
    file = folder / RECORD
    try:
        found = from_json(Unfinished, file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, str(error)) from error
    if (found.schema, found.info.run_id) != (SCHEMA, folder.name):
        raise _unreadable(file, f"says it is {found.info.run_id!r} in format {found.schema!r}")
    return found


def _unreadable(file: Path, why: str) -> BadInputError:
    return BadInputError(
        [Problem(str(file), "-", f"can't be read: {why}", "the record of a run", code="MW6260")]
    )


def write_record(folder: Path, record: Unfinished, facility_yaml: bytes, changes: bytes) -> None:
    """Write what is needed to go on with a run, durably; the record comes last."""
    write_atomically(folder / CHANGES, changes)
    write_atomically(folder / FACILITY_COPY, facility_yaml)
    write_atomically(folder / RECORD, to_json(record))


def keep_checks(folder: Path, folders: Sequence[Path]) -> None:
    """Copy checks that are not shipped beside the copy of the facility file, where its own are looked for."""
    for number, each in enumerate(folders):
        skipped = shutil.ignore_patterns("__pycache__")
        target = folder / OWN / str(number)
        if each.resolve() != target.resolve().parent:  # a run that goes on has them there already
            shutil.copytree(each, target, dirs_exist_ok=True, ignore=skipped)


def keep_suites(folder: Path, suites: Mapping[str, Suite]) -> None:
    """Copy what a facility says of foreign suites, and their folders, into the folder of a run."""
    skipped = shutil.ignore_patterns("__pycache__", ".git")
    place = folder / SUITES
    for suite in suites.values():
        if suite.file.parent.resolve() == place.resolve():  # a run that goes on has them there already
            return
        place.mkdir(parents=True, exist_ok=True)
        for file in filter(Path.is_file, (suite.file, suite.lock)):
            write_atomically(place / file.name, file.read_bytes())
        if suite.source and suite.folder and suite.source.is_dir():
            shutil.copytree(suite.source, place / suite.folder, dirs_exist_ok=True, ignore=skipped)


def is_recorded(folder: Path) -> bool:
    """Whether a run got as far as its first check."""
    return (folder / RECORD).is_file()


def remove_record(folder: Path) -> None:
    """Remove a run's folder; only its record if ReFrame's files are left in it for a person to look at."""
    for name in (RECORD, FACILITY_COPY, CHANGES, LOCK):
        (folder / name).unlink(missing_ok=True)
    for name in (OWN, SUITES):
        shutil.rmtree(folder / name, ignore_errors=True)
    if not any(folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)


def discard(folder: Path) -> None:
    """Remove the folder of a run in which nothing was measured."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run, so that no other process goes on with it; raises :exc:`NotTestableError` if one does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotTestableError(
                f"the run {folder.name} is under way in another process; wait until it has ended",
                code="MW6261",
            ) from None
        yield


def is_held(folder: Path) -> bool:
    """Whether a process is at work on a run."""
    try:
        with held(folder):
            return False
    except NotTestableError:
        return True


def _sessions(facility: str) -> Path:
    return state_folder(facility) / "sessions"
