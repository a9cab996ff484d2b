"""What one start of ReFrame left on this machine: its report and the raw files of its cases."""

import datetime
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from millwright.core.errors import BadInputError, Problem
from millwright.results.evidence import LaunchSiteReport, RawOutput
from millwright.results.foreign import suite_of_seat
from millwright.results.parsers.reframe import Case, Report, parse_report
from millwright.results.run_info import SessionInfo, iso_utc

JOB_FILES = frozenset(
    {"rfm_job.sh", "rfm_job.out", "rfm_job.err", "rfm_build.sh", "rfm_build.out", "rfm_build.err"}
)
SAFE_NAME = re.compile(r"[A-Za-z0-9_@%+=:,.~ -]+")
SEAT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MAX_OUTPUT_BYTES = 8 * 1024**3
"""Larger standard output is kept as evidence but not read: a job that prints that much went wrong."""


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """Where one start of ReFrame left its files on this machine."""

    seat: str
    """The place ReFrame was started from, for example a host."""
    report: Path
    stage: Path
    """Local copy of ReFrame's stage folder: cases that failed stay there."""
    output: Path
    """Local copy of ReFrame's output folder: cases that passed move there."""


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """A session that was found sound, and the files that a run folder keeps of it."""

    seat: str
    report_file: Path
    report: Report
    raw: Mapping[str, Path]
    """Raw files by their name within the session's ``raw`` folder, case folder first."""

    def read(self) -> LaunchSiteReport:
        """Find the output of every case; it is read where its samples are."""
        raw: dict[str, RawOutput] = {}
        for case in self.report.cases:
            if folder := self.report.session.folder_of(case):
                stdout = self.raw.get(f"{folder}/{case.job_stdout}")
                files = (raw_path(self.seat, name) for name in self.raw if name.startswith(f"{folder}/"))
                raw[folder] = _output(stdout, tuple(sorted(files)))
        return LaunchSiteReport(self.seat, self.report, raw)


def raw_path(seat: str, name: str) -> str:
    """Where a raw file is within a run folder."""
    return f"sessions/{seat}/raw/{name}"


def open_session(folder: SessionFolder) -> SessionFiles:
    """Find the report of a session and the raw files of its cases.

    Raises :exc:`BadInputError` with every problem: a report that is missing, cut, of a dry run or
    without a case, and raw files that are links or whose names are not safe to store. Of foreign checks such
    files are left out: whoever wrote them knew nothing of this rule.
    """
    if not SEAT_NAME.fullmatch(folder.seat):
        raise BadInputError(
            [Problem(folder.seat, "seat", "not a plain name", "for example rack-login", code="MW6011")]
        )
    report = parse_report(_read_report(folder.report), str(folder.report))
    raw: dict[str, Path] = {}
    problems: list[Problem] = []
    is_foreign = bool(suite_of_seat(folder.seat))
    for case in report.cases:
        for base, name in _find_files(folder, report.session.folder_of(case), case):
            found = list(_find_problems(base, name))
            if found and is_foreign:
                continue
            problems.extend(found)
            raw.setdefault(name, base / name)
    if problems:
        raise BadInputError(problems)
    return SessionFiles(folder.seat, folder.report, report, raw)


def _read_report(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problem = Problem(
            str(path),
            "-",
            "no such file: ReFrame selected no check or was stopped",
            "a run report",
            code="MW6012",
        )
        raise BadInputError([problem]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", "a run report", code="MW6013")]
        ) from error


def _find_files(folder: SessionFolder, case_folder: str | None, case: Case) -> Iterator[tuple[Path, str]]:
    """Everything in the output folder, where ReFrame put only what is kept, and known files of the stage."""
    if case_folder is None:
        return
    for parent, folders, files in os.walk(folder.output / case_folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in sorted([*files, *links]):
            yield folder.output, str((Path(parent) / name).relative_to(folder.output))
    outputs = {case.job_stdout, case.job_stderr, case.build_stdout, case.build_stderr}
    for name in sorted(filter(None, {*JOB_FILES, *case.keep_files, *outputs})):
        path = folder.stage / case_folder / name
        if path.is_symlink() or path.is_file():
            yield folder.stage, f"{case_folder}/{name}"


def _find_problems(base: Path, name: str) -> Iterator[Problem]:
    parts = PurePosixPath(name).parts
    path = base / name
    if not all(part != ".." and SAFE_NAME.fullmatch(part) for part in parts):
        yield Problem(
            str(path), "-", "its name is not safe to store", "letters, digits and _@%+=:,.~ -", code="MW6014"
        )
    elif any((base.joinpath(*parts[: depth + 1])).is_symlink() for depth in range(len(parts))):
        yield Problem(str(path), "-", "is a symbolic link or inside one", "a regular file", code="MW6015")
    elif not path.is_file():
        yield Problem(str(path), "-", "not a regular file", "a regular file", code="MW6016")


def _output(stdout: Path | None, files: tuple[str, ...]) -> RawOutput:
    if stdout is not None and stdout.stat().st_size > MAX_OUTPUT_BYTES:
        return RawOutput(None, files, f"output of its job is larger than {MAX_OUTPUT_BYTES >> 30} GiB")
    return RawOutput(stdout, files)


def describe_session(session: SessionFiles) -> SessionInfo:
    """What a run records of a session, as its report has it."""
    info = session.report.session
    started, finished = (
        iso_utc(datetime.datetime.fromtimestamp(seconds, datetime.UTC))
        for seconds in (info.started, info.finished)
    )
    return SessionInfo(
        seat=session.seat,
        uuid=info.uuid,
        hostname=info.hostname,
        reframe_version=info.version,
        started=started,
        finished=finished,
        cases=len(session.report.cases),
    )
