"""What was made on the host and has to be undone, written down before it is made.

One JSON object a line. A crash at any point leaves a journal that names at least everything
that exists, so that ``down`` can undo it; undoing what was never made does nothing.
"""

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from millwright.core.json_text import load_json

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the host that belongs to the rack."""

    kind: str
    """For example ``bridge``, ``cgroup``, ``binfmt`` or ``process``."""
    name: str
    pid: int = 0
    started: int = 0
    """Start time of the process in clock ticks since boot; tells it from a later one with its pid."""


def read_boot_id() -> str:
    """Changes with each boot, after which nothing in the kernel is left of a rack."""
    return BOOT_ID.read_text().strip()


class Journal:
    """The journal of one rack."""

    def __init__(self, path: Path, boot_id: str) -> None:
        self.path = path
        self.boot_id = boot_id
        self._lock = threading.Lock()

    def note(self, entry: Entry) -> None:
        """Write an entry and return only when it is on disk."""
        with self._lock:
            self._append(entry)

    def _append(self, entry: Entry) -> None:
        if entry in self.entries():
            return
        fields = {"boot": self.boot_id, "kind": entry.kind, "name": entry.name}
        if entry.pid:
            fields |= {"pid": entry.pid, "started": entry.started}  # type: ignore[dict-item]
        start = "" if self._ends_whole() else "\n"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{start}{json.dumps(fields)}\n")
            file.flush()
            os.fsync(file.fileno())

    def _ends_whole(self) -> bool:
        """Whether the last line is complete, which it is not after a crash in its middle."""
        try:
            return self.path.read_bytes()[-1:] in {b"", b"\n"}
        except FileNotFoundError:
            return True

    def entries(self) -> tuple[Entry, ...]:
        """Everything noted since this boot, in order; a line cut off by a crash is left out."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        return tuple(entry for line in text.splitlines() if (entry := self._parse(line)))

    def _parse(self, line: str) -> Entry | None:
        try:
            data = load_json(line)
        except ValueError:
            return None
        if not isinstance(data, dict) or data.get("boot") != self.boot_id:
            return None
        kind, name, pid, started = (data.get(key) for key in ("kind", "name", "pid", "started"))
        if not isinstance(kind, str) or not isinstance(name, str):
            return None
        return Entry(
            kind, name, pid if isinstance(pid, int) else 0, started if isinstance(started, int) else 0
        )

    def names(self, kind: str) -> tuple[str, ...]:
        """Names of all entries of one kind."""
        return tuple(entry.name for entry in self.entries() if entry.kind == kind)

    def process(self, name: str) -> Entry | None:
        """The latest process noted under a name."""
        return next((e for e in reversed(self.entries()) if e.kind == "process" and e.name == name), None)

    def clear(self) -> None:
        """Forget everything, once it was undone."""
        self.path.unlink(missing_ok=True)
