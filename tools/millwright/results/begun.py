"""The record that a run has begun: written and signed before its first job, and never removed."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.results.records import from_json
from millwright.results.run_info import RUN_ID, STRICT, ExpectedValue, ForeignSuite, RunInfo

SCHEMA = "millwright-begun/1"
FOLDER = ".begun"
"""Folder of these records, beside the runs of a facility."""
SUFFIX = ".json"
REFUSED_SCHEMA = "millwright-refused/1"
REFUSED = ".refused"
SIGNATURE_SUFFIX = ".json.sig"


@dataclass(frozen=True, slots=True)
class Begun:
    """What a run set out to do, as recorded before its first job."""

    __pydantic_config__ = STRICT
    run_id: str
    facility: str
    number: int
    """Place in the facility's chain, from 1."""
    previous: str
    """As in :class:`~millwright.results.run_info.RunInfo`."""
    started: str
    """ISO 8601, UTC."""
    facility_sha256: str
    """Sum of the facility file."""
    checks_sha256: str = ""
    """Sum of the declarations of the checks; empty if they were not known when the run began."""
    expected: tuple[ExpectedValue, ...] = ()
    foreign: tuple[ForeignSuite, ...] = ()
    """Suites of checks that others wrote, with the cases that were about to run."""
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class RefusedRun:
    """A run that ended before its first case, because its checks could not be used."""

    __pydantic_config__ = STRICT
    run_id: str
    facility: str
    begun_sha256: str
    """Sum of its begun record."""
    reason: str
    schema: str = REFUSED_SCHEMA


def refused_file(place: Path, run_id: str) -> Path:
    """Record that a run was refused, beside the record that it began."""
    return place / FOLDER / f"{run_id}{REFUSED}{SUFFIX}"


def read_refused(path: Path) -> RefusedRun:
    """Read a record; raises :exc:`BadInputError` if it can't be read or is another run's."""
    refused = from_json(RefusedRun, _read_text(path), str(path))
    if (refused.schema, f"{refused.run_id}{REFUSED}") != (REFUSED_SCHEMA, path.stem):
        problem = f"says it is {refused.run_id!r} in format {refused.schema!r}"
        raise BadInputError(
            [Problem(str(path), "-", problem, f"{path.stem!r} in format {REFUSED_SCHEMA!r}", code="MW6182")]
        )
    return refused


def begun_file(place: Path, run_id: str) -> Path:
    """Record of a run below the folder of its facility's runs; its signature has ``.sig`` added."""
    return place / FOLDER / f"{run_id}{SUFFIX}"


def list_begun(place: Path) -> Iterator[Path]:
    """The records below the folder of a facility's runs, sorted by name."""
    folder = place / FOLDER
    found = folder.iterdir() if folder.is_dir() and not folder.is_symlink() else ()
    return (path for path in sorted(found) if path.suffix == SUFFIX and RUN_ID.fullmatch(path.stem))


def read_regular(path: Path) -> bytes:
    """Content of a regular file; raises :exc:`OSError` for anything else, and waits for no pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return file.read()


def read_begun(path: Path) -> Begun:
    """Read a record; raises :exc:`BadInputError` if it can't be read or is another run's."""
    begun = from_json(Begun, _read_text(path), str(path))
    if (begun.schema, begun.run_id) != (SCHEMA, path.stem):
        problem = f"says it is {begun.run_id!r} in format {begun.schema!r}"
        raise BadInputError(
            [Problem(str(path), "-", problem, f"{path.stem!r} in format {SCHEMA!r}", code="MW6182")]
        )
    return begun


def _read_text(path: Path) -> str:
    try:
        return read_regular(path).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", "the record that a run began", code="MW6181")]
        ) from error


@dataclass(frozen=True, slots=True)
class Sums:
    """What a run's record and its stored folder both state of its inputs."""

    facility: str
    checks: str = ""

    @classmethod
    def of(cls, sums: Mapping[str, str]) -> "Sums":
        """From the sums of a stored run's files."""
        return cls(sums.get("facility.yaml", ""), sums.get("checks.json", ""))


def find_differences(begun: Begun, info: RunInfo, sums: Sums) -> Iterator[str]:
    """Every statement of a stored run that differs from what was recorded when it began."""
    pairs: Mapping[str, tuple[object, object]] = {
        "facility": (begun.facility, info.facility),
        "number": (begun.number, info.number),
        "predecessor": (begun.previous, info.previous),
        "start": (begun.started, info.started),
        "facility file": (begun.facility_sha256, sums.facility),
        "declarations of checks": (begun.checks_sha256, sums.checks),
        "expected values": (begun.expected, info.expected),
        "list of foreign checks": (begun.foreign, info.foreign),
    }
    differing = (name for name, (recorded, stored) in pairs.items() if recorded != stored)
    unknown = {"declarations of checks"} if not begun.checks_sha256 else set()
    yield from (f"its {name} differs from its begun record" for name in differing if name not in unknown)


def record_of(info: RunInfo, number: int, previous: str, sums: Sums) -> Begun:
    """The record of a run that begins now."""
    return Begun(
        run_id=info.run_id,
        facility=info.facility,
        number=number,
        previous=previous,
        started=info.started,
        facility_sha256=sums.facility,
        checks_sha256=sums.checks,
        expected=info.expected,
        foreign=info.foreign,
    )
