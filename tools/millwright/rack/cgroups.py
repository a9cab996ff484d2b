"""A cgroup of its own for each node: without it containers damage one another's services.

The cgroup is also the node's identity: what is in it belongs to the rack, whatever pid it has.
"""

import errno
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from millwright.rack.processes import send_signal, start_time


@dataclass(frozen=True, slots=True)
class Hierarchies:
    """Where cgroups are made on this host."""

    roots: tuple[Path, ...]
    unified: bool
    """The host has cgroup v2 only, so that guests see it without being told."""


def _mounts(mountinfo: str) -> list[tuple[Path, str, str]]:
    found = []
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields, rest = before.split(), after.split()
        if separator and len(fields) > 4 and len(rest) > 2:
            found.append((Path(fields[4]), rest[0], rest[2]))
    return found


def find_hierarchies(mountinfo: str) -> Hierarchies | None:
    """Read the cgroup mounts from proc(5) mountinfo; None if there is no cgroup v2 at all."""
    mounts = _mounts(mountinfo)
    version2 = [path for path, kind, _ in mounts if kind == "cgroup2"]
    named = [
        path for path, kind, options in mounts if kind == "cgroup" and "name=systemd" in options.split(",")
    ]
    if not version2:
        return None
    return Hierarchies(
        roots=(version2[0], *named[:1]), unified=not any(kind == "cgroup" for _, kind, _ in mounts)
    )


@dataclass(frozen=True, slots=True)
class Cgroup:
    """One cgroup, as a folder in each hierarchy."""

    folders: tuple[Path, ...]

    def make(self) -> None:
        """Create the folders."""
        for folder in self.folders:
            folder.mkdir(parents=True, exist_ok=True)

    def pids(self) -> frozenset[int]:
        """Every process in it and below."""
        found: set[int] = set()
        for folder in self.folders:
            for path, _, _ in os.walk(folder):  # passes over groups that end while it looks
                found.update(_read_pids(Path(path) / "cgroup.procs"))
        return frozenset(found)

    def kill(self) -> None:
        """Send SIGKILL to whatever is left in it."""
        for pid in self.pids():
            started = start_time(pid)
            if pid in self.pids():
                send_signal(pid, started, signal.SIGKILL)

    def remove(self) -> None:
        """Remove the empty folders, innermost first; what is gone already is fine."""
        for folder in self.folders:
            for path, _, _ in os.walk(folder, topdown=False):
                _remove_folder(Path(path))

    def members(self) -> tuple[str, ...]:
        """Names of the cgroups directly below it."""
        found = {
            path.name
            for folder in self.folders
            if folder.exists()
            for path in folder.iterdir()
            if path.is_dir()
        }
        return tuple(sorted(found))

    def exists(self) -> bool:
        """Whether any of its folders is there."""
        return any(folder.exists() for folder in self.folders)


def _read_pids(file: Path) -> list[int]:
    try:
        return [int(line) for line in file.read_text().split() if line != "0"]
    except OSError:  # the group ended while we looked
        return []


def _remove_folder(path: Path) -> None:
    """Remove one cgroup; the kernel calls it busy for a moment after its last process ended."""
    for pause_s in (0.05, 0.2, 0.5, 1.0):
        try:
            path.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            time.sleep(pause_s)
        else:
            return
    path.rmdir()


def cgroup_of(hierarchies: Hierarchies, rack_name: str, member: str = "") -> Cgroup:
    """The cgroup of one member of a rack, or of the whole rack."""
    parts = [f"millwright-{rack_name}", *([member] if member else [])]
    return Cgroup(tuple(root.joinpath(*parts) for root in hierarchies.roots))
