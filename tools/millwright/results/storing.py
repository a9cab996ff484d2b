"""Runs are stored whole or not at all, and never changed afterwards.

A run is written to a hidden folder beside its place, flushed to the disk and renamed. Whatever ends
the writing early (a crash, a full disk) leaves stored runs as they are; a hidden folder that stays
behind is reported by :func:`millwright.results.runs.list_runs` and never counted.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from millwright.checks.registry import Registry
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.results.accounting import AccountingEvidence
from millwright.results.begin import record_begin, require_names
from millwright.results.ingest import ingest
from millwright.results.manifest import MANIFEST, Signer, sum_file, write_sums
from millwright.results.records import to_json, to_json_lines
from millwright.results.run_info import RunInfo
from millwright.results.samples_file import write_samples
from millwright.results.session import SEAT_NAME, SessionFiles, describe_session, raw_path

INCOMING = ".incoming-"
FACILITY_FILE = "facility.yaml"
CHECKS_FILE = "checks.json"
RUN_FILE = "run.json"
SAMPLES_FILE = "samples.parquet"
OLD_SAMPLES_FILE = "samples.jsonl"
"""Of runs in the form ``millwright-run/1``."""
COUNTED_FILE = "counted.jsonl"
REJECTED_FILE = "rejected.jsonl"
ACCOUNTING_FILE = "accounting.json"
CHECKOUT_FILE = "checkout.diff"
READ_ONLY = 0o444


def store_run(  # noqa: PLR0913 - everything that makes up a run, and who signs it
    root: Path,
    info: RunInfo,
    facility_yaml: bytes,
    sessions: Sequence[SessionFiles],
    sign: Signer | None = None,
    *,
    registry: Registry,
    accounting: AccountingEvidence | None = None,
    checkout_changes: bytes = b"",
    attached: Mapping[str, bytes] | None = None,
) -> Path:
    """Store one run below `root` and return its folder.

    `info` lacks its sessions, which are read from the reports; `facility_yaml` is the facility file as
    it was when the run started, `registry` declares the checks that it could expect then,
    `checkout_changes` is what the checkout held beside its commit, `attached` further files by their path
    within the run folder. A run that was not begun before gets the next number now.

    Raises :exc:`BadInputError` for names that can't be stored and
    :exc:`FailedError` where the run could not be written; then nothing was stored or changed.
    """
    _check_names(info, sessions)
    place = root / info.facility / info.run_id
    if place.exists():
        raise FailedError(
            f"the run {info.run_id} of {info.facility} is stored already: {place}", code="MW6021"
        )
    incoming = place.parent / f"{INCOMING}{info.run_id}"
    try:
        if info.number is None:
            info = record_begin(root, info, facility_yaml, sign, checks=b"")
        incoming.mkdir()
    except OSError as error:
        raise FailedError(f"the run {info.run_id} could not be stored: {error}", code="MW6022") from error
    try:
        _fill(incoming, info, facility_yaml, sessions, registry)
        if accounting is not None:
            _write(incoming / ACCOUNTING_FILE, to_json(accounting).encode())
        for name, content in (attached or {}).items():
            _write(incoming / name, content)
        if checkout_changes:
            _write(incoming / CHECKOUT_FILE, checkout_changes)
        _seal(incoming, sign)
        incoming.rename(place)
    except BaseException as error:
        shutil.rmtree(incoming, ignore_errors=True)
        if isinstance(error, OSError):
            where = f"the run {info.run_id} could not be stored: {error}"
            raise FailedError(
                f"{where}; its raw output is still where ReFrame wrote it", code="MW6023"
            ) from error
        raise
    try:
        _flush(place.parent)
    except OSError as error:
        raise FailedError(
            f"the run {place} is stored, but may not survive a power cut: {error}", code="MW6024"
        ) from error
    return place


def _check_names(info: RunInfo, sessions: Sequence[SessionFiles]) -> None:
    require_names(info)
    problems = []
    if not sessions and not info.failed_sessions and info.origin == "measured":
        problems.append(Problem("run", "sessions", "none", "at least one session of ReFrame", code="MW6027"))
    seats = [session.seat for session in sessions]
    for seat in seats:
        if not SEAT_NAME.fullmatch(seat):
            problems.append(
                Problem(
                    "run", f"sessions.{seat!r}", "not a plain name", "for example rack-login", code="MW6011"
                )
            )
        elif seats.count(seat) > 1:
            problems.append(
                Problem("run", f"sessions.{seat}", "is given twice", "each seat once", code="MW6028")
            )
    if problems:
        raise BadInputError(problems)


def _fill(
    folder: Path, info: RunInfo, facility_yaml: bytes, sessions: Sequence[SessionFiles], registry: Registry
) -> None:
    """Write everything but the manifest; samples are read from the copies that are kept."""
    kept = tuple(_keep(folder, session) for session in sessions)
    found = ingest(
        tuple(session.read() for session in kept),
        facility=info.facility,
        registry=registry,
        emulated=frozenset(info.emulated_partitions),
        bounds=info.bounds,
    )
    complete = replace(info, sessions=tuple(describe_session(session) for session in kept))
    _write(folder / FACILITY_FILE, facility_yaml)
    _write(folder / CHECKS_FILE, registry.to_json().encode())
    _write(folder / RUN_FILE, to_json(complete).encode())
    write_samples(found.samples, folder / SAMPLES_FILE)
    _write(folder / COUNTED_FILE, to_json_lines(found.counted).encode())
    _write(folder / REJECTED_FILE, to_json_lines(found.rejected).encode())


def _keep(folder: Path, session: SessionFiles) -> SessionFiles:
    report = folder / "sessions" / session.seat / "run-report.json"
    _copy(session.report_file, report)
    raw = {name: folder / raw_path(session.seat, name) for name in session.raw}
    for name, path in raw.items():
        _copy(session.raw[name], path)
    return replace(session, report_file=report, raw=raw)


def _seal(folder: Path, sign: Signer | None) -> None:
    """Sum, sign and flush everything, and make it read-only."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    sums = {str(path.relative_to(folder)): sum_file(path) for path in files}
    _write(folder / MANIFEST, write_sums(sums).encode())
    if sign is not None:
        sign(folder / MANIFEST)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(READ_ONLY)
        _flush(path)
    _flush(folder)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target, follow_symlinks=False)
    if target.is_symlink():
        raise BadInputError([Problem(str(source), "-", "a symbolic link", "a regular file", code="MW6029")])


def _flush(path: Path) -> None:
    """Make sure that a file or folder survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
