"""What a change has done so far, one line a fact, on disk before anything else happens.

Only ever appended to, and synced. A process that is killed leaves at most a line that was cut off,
which reading leaves out; the change then goes on from what stands here.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.json_text import load_json

JOURNAL = "journal.jsonl"
KEPT_RUNS = 50

Entry = Mapping[str, object]
"""``event`` and ``at``, and what the event tells."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one run, in the run's folder."""

    folder: Path

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / JOURNAL

    def note(self, now: datetime, event: str, **details: object) -> None:
        """Write one entry and return when it is on disk."""
        self.note_all(now, [{"event": event, **details}])

    def note_all(self, now: datetime, entries: Iterable[Entry]) -> None:
        """Write several entries with one sync."""
        lines = [json.dumps({"at": now.isoformat(timespec="seconds"), **entry}) + "\n" for entry in entries]
        start = b"" if self._ends_whole() else b"\n"
        with open(self.path, "ab", opener=_private) as file:
            file.write(start + "".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())

    def _ends_whole(self) -> bool:
        try:
            with self.path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) == b"\n"
        except OSError:  # no file yet, or an empty one
            return True

    def entries(self) -> tuple[Entry, ...]:
        """Everything noted, in order."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        return tuple(entry for line in text.splitlines() if (entry := _parse(line)) is not None)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _parse(line: str) -> Entry | None:
    try:
        found = load_json(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None


def runs_folder(state: Path, kind: str) -> Path:
    """Where the runs of one kind (``apply``, ``maintain``) of a facility lie."""
    return state / "runs" / kind


def open_journal(state: Path, kind: str, run_id: str) -> Journal:
    """A journal for a new run; the oldest of more than ``KEPT_RUNS`` that have ended go."""
    place = runs_folder(state, kind)
    folder = place / run_id
    folder.mkdir(parents=True, mode=0o700)
    for old in _runs(place)[:-KEPT_RUNS]:
        if is_finished(old):
            _remove(old)
    _sync_folder(place)
    return Journal(folder)


def latest_journal(state: Path, kind: str) -> Journal | None:
    """The journal of the newest run; None if there was none."""
    runs = [journal for journal in _runs(runs_folder(state, kind)) if journal.path.exists()]
    return runs[-1] if runs else None


def journals(state: Path, kind: str) -> tuple[Journal, ...]:
    """The journals of every run of one kind that began here and is still kept, oldest first."""
    return tuple(_runs(runs_folder(state, kind)))


def run_ids(state: Path, kind: str) -> frozenset[str]:
    """Every run of one kind that began here and is still kept."""
    return frozenset(journal.run_id for journal in _runs(runs_folder(state, kind)))


def unfinished_journal(state: Path, kind: str) -> Journal | None:
    """The newest run's journal, if that run has something left to do."""
    journal = latest_journal(state, kind)
    return journal if journal and not is_finished(journal) else None


def require_unfinished(state: Path, kind: str, typed: str) -> Journal:
    """The run to go on with; raises :exc:`BadInputError` where there is none, and says what to type."""
    journal = unfinished_journal(state, kind)
    if journal is None:
        problem = "no run was left unfinished"
        raise BadInputError(
            [Problem("--resume", typed, problem, f"millwright {kind} {typed} without it", code="MW2106")]
        )
    return journal


def is_finished(journal: Journal) -> bool:
    """Whether the last thing that the run noted is that it reached every host."""
    ends = [entry for entry in journal.entries() if entry["event"] in {"begin", "resume", "end"}]
    return bool(ends) and ends[-1]["event"] == "end" and bool(ends[-1].get("finished"))


def _runs(place: Path) -> list[Journal]:
    return [Journal(folder) for folder in sorted(place.iterdir())] if place.is_dir() else []


def discard(journal: Journal) -> None:
    """Forget a run that was refused before it did anything, so that nobody goes on with it."""
    _remove(journal)


def _remove(journal: Journal) -> None:
    for file in journal.folder.iterdir():
        file.unlink()
    journal.folder.rmdir()


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
