"""Begin a run: give it its place in the chain, and put that on record before the first job starts."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from millwright.core.errors import BadInputError, NotTestableError, Problem
from millwright.results.begun import (
    FOLDER,
    Begun,
    RefusedRun,
    Sums,
    begun_file,
    find_differences,
    read_begun,
    record_of,
    refused_file,
)
from millwright.results.chain import head_sum, read_chain
from millwright.results.manifest import Signer, sum_file
from millwright.results.records import to_json
from millwright.results.run_info import FACILITY_NAME, RUN_ID, RunInfo

LOCK = ".lock"
PARTIAL = ".partial"
READ_ONLY = 0o444
MAX_REASON = 500
"""Characters of a reason that are recorded."""


def begin_run(
    root: Path, info: RunInfo, facility_yaml: bytes, sign: Signer | None = None, *, checks: bytes = b""
) -> RunInfo:
    """Record below ``root`` that a run begins; the run with its number and its predecessor.

    ``checks`` are the declarations as ``checks.json`` will hold them. A run that has begun already keeps its
    number, so that it can be resumed. Raises :exc:`NotTestableError` if the record can't be written, which
    is known before any job starts, and :exc:`BadInputError` for a run that differs from its record.
    """
    try:
        return record_begin(root, info, facility_yaml, sign, checks=checks)
    except OSError as error:
        raise NotTestableError(
            f"the results folder {root} can't be written, so no job was started: {error}", code="MW6183"
        ) from error


def record_begin(
    root: Path, info: RunInfo, facility_yaml: bytes, sign: Signer | None, *, checks: bytes
) -> RunInfo:
    """As :func:`begin_run`, but raises :exc:`OSError` if the record can't be written."""
    require_names(info)
    place = root / info.facility
    sums = Sums(sha256(facility_yaml).hexdigest(), sha256(checks).hexdigest() if checks else "")
    with _locked(place / FOLDER):
        record = begun_file(place, info.run_id)
        if record.exists():
            return _resume(read_begun(record), info, sums, record)
        links = read_chain(root, info.facility).links
        number = max((link.number or 0 for link in links), default=0) + 1
        begun = record_of(info, number, head_sum(links), sums)
        _write(record, to_json(begun).encode(), sign)
    return replace(info, number=begun.number, previous=begun.previous)


def end_refused(root: Path, info: RunInfo, reason: str, sign: Signer | None) -> None:
    """Record that a run which has begun ended before its first case, so that it does not look killed.

    If that can't be written, the run stays one that only began.
    """
    place = root / info.facility
    record = begun_file(place, info.run_id)
    with suppress(OSError), _locked(place / FOLDER):
        shown = " ".join(reason.split())[:MAX_REASON]
        refused = RefusedRun(info.run_id, info.facility, sum_file(record), shown)
        _write(refused_file(place, info.run_id), to_json(refused).encode(), sign)


def require_names(info: RunInfo) -> None:
    """Raise :exc:`BadInputError` for names that are none of a folder."""
    problems = []
    if not RUN_ID.fullmatch(info.run_id):
        problem = f"{info.run_id!r} is not a run ID"
        problems.append(Problem("run", "run_id", problem, "20261123T170102Z-1a2b3c4d", code="MW6025"))
    if not FACILITY_NAME.fullmatch(info.facility):
        problem = f"{info.facility!r} is not a facility name"
        problems.append(Problem("run", "facility", problem, "for example rack", code="MW6026"))
    if problems:
        raise BadInputError(problems)


def _resume(begun: Begun, info: RunInfo, sums: Sums, record: Path) -> RunInfo:
    numbered = replace(info, number=begun.number, previous=begun.previous, foreign=begun.foreign)
    differing = list(find_differences(begun, numbered, sums))
    if differing:
        raise BadInputError(
            Problem(str(record), "-", line, "the run that began", code="MW6184") for line in differing
        )
    return numbered


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the chain: of two runs that begin at once, the second sees the record of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f".*{PARTIAL}*"):  # of a process that was killed while it held the lock
            left.unlink(missing_ok=True)
        yield


def _write(record: Path, content: bytes, sign: Signer | None) -> None:
    """Write a record and its signature so that a record which is there is whole and signed."""
    partial = record.with_name(f".{record.name}{PARTIAL}")
    signature = partial.with_name(f"{partial.name}.sig")
    try:
        partial.write_bytes(content)
        _settle(partial)
        if sign is not None:
            sign(partial)
            _settle(signature)
            signature.replace(record.with_name(f"{record.name}.sig"))
        partial.replace(record)
        _flush(record.parent)
        _flush(record.parent.parent)
    finally:
        signature.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)


def _settle(path: Path) -> None:
    path.chmod(READ_ONLY)
    _flush(path)


def _flush(path: Path) -> None:
    """Make sure that a file or folder survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
