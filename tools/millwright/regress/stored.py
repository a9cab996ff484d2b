"""Baselines on disk: numbered files that are never changed; the newest one applies.

The name of a file carries the sum of its content, so that a change shows.
"""

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.files import write_new
from millwright.regress.baseline import Baseline, from_text, to_text
from millwright.results.runs import BASELINES

NAME = re.compile(r"(?P<number>[0-9]{4,})-(?P<sum>[0-9a-f]{16})\.json")
LOCK = ".lock"
READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class StoredBaseline:
    """A baseline with its file."""

    path: Path
    number: int
    """From 1; the highest applies."""
    content: Baseline


def baselines_folder(results: Path, facility: str) -> Path:
    """Where the baselines of a facility are."""
    return results / facility / BASELINES


def list_baselines(results: Path, facility: str) -> tuple[Path, ...]:
    """The files of all baselines, oldest first."""
    place = baselines_folder(results, facility)
    found = [path for path in place.iterdir() if NAME.fullmatch(path.name)] if place.is_dir() else []
    return tuple(sorted(found, key=_number))


def load_baseline(results: Path, facility: str, number: int | None = None) -> StoredBaseline:
    """The newest baseline or the one of that number.

    Raises :exc:`BadInputError` if there is none, or it was changed or is another facility's.
    """
    known = list_baselines(results, facility)
    chosen = [path for path in known if number is None or _number(path) == number]
    if not chosen:
        what = f"no baseline {number}" if number is not None else "no baseline"
        expected = f"millwright regress baseline {facility}, which accepts stored runs as one"
        if known:
            expected = f"one of {', '.join(str(_number(path)) for path in known)}"
        place = str(baselines_folder(results, facility))
        raise BadInputError([Problem(place, "-", f"{what} is stored", expected, code="MW6602")])
    path = chosen[-1]
    text = _read(path)
    found = from_text(text, str(path))
    if found.facility != facility:
        problem = f"a baseline of the facility {found.facility!r}"
        raise BadInputError([Problem(str(path), "facility", problem, repr(facility), code="MW6603")])
    return StoredBaseline(path, _number(path), found)


def store_baseline(results: Path, baseline: Baseline) -> tuple[StoredBaseline, bool]:
    """Store a baseline as the next one, and whether it is new: the same runs and reason are stored once.

    Whoever stores at the same time gets another number. Raises :exc:`FailedError` if it can't be written.
    """
    place = baselines_folder(results, baseline.facility)
    text = to_text(baseline)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _alone(place):
            known = list_baselines(results, baseline.facility)
            if known and (same := _same(known[-1], baseline)):
                return same, False
            number = 1 + max(map(_number, known), default=0)
            path = place / f"{number:04}-{_sum(text)}.json"
            write_new(path, text, mode=READ_ONLY)
    except OSError as error:
        raise FailedError(f"the baseline could not be stored: {error}", code="MW6604") from error
    return StoredBaseline(path, number, baseline), True


def _same(path: Path, wanted: Baseline) -> StoredBaseline | None:
    try:
        found = from_text(_read(path), str(path))
    except BadInputError:
        return None  # a damaged one stays where it is, and the new one comes after it
    is_same = (found.runs, found.series, found.checks, found.reason) == (
        wanted.runs,
        wanted.series,
        wanted.checks,
        wanted.reason,
    )
    return StoredBaseline(path, _number(path), found) if is_same else None


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    with (place / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"can't be read: {error}"
        raise BadInputError([Problem(str(path), "-", problem, "a stored baseline", code="MW6614")]) from error
    if _sum(text) not in path.name:
        problem = "was changed since it was stored: its sum does not fit its name"
        expected = "the file as it was; --baseline names an older one, regress baseline makes a new one"
        raise BadInputError([Problem(str(path), "-", problem, expected, code="MW6605")])
    return text


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _number(path: Path) -> int:
    found = NAME.fullmatch(path.name)
    if found is None:
        raise ValueError(f"{path} is no baseline")
    return int(found["number"])
