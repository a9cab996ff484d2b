"""Host-wide kernel limits that many systemds on one machine run into."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from millwright.rack.journal import Entry, Journal

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
HOST_NEEDS = 128  # the kernel's default, which is what the host itself was content with
NODE_NEEDS = 16  # a node holds 6 as it boots; services such as MariaDB and Slurm add some


def raise_limits(nodes: int, journal: Journal, setting: Path = INSTANCES) -> None:
    """Raise what is too low for that many nodes; the old value is kept in the journal."""
    now, needed = int(setting.read_text()), HOST_NEEDS + NODE_NEEDS * nodes
    if now < needed:
        journal.note(Entry("limit", f"{setting}={now}"))
        with contextlib.suppress(PermissionError):  # read-only in a container; a small rack fits anyway
            setting.write_text(str(needed))


def instances_in_use(processes: Path = Path("/proc")) -> int:
    """How many inotify instances programs of this machine hold, whatever rack they belong to."""
    return sum(_is_instance(handle) for handle in processes.glob("[0-9]*/fd/*"))


def _is_instance(handle: Path) -> bool:
    with contextlib.suppress(OSError):  # it ended meanwhile
        return handle.readlink().name == "anon_inode:inotify"
    return False


def restore_limit(name: str, in_use: Callable[[], int] = instances_in_use) -> None:
    """Put a limit back; ``name`` is the setting's file and its old value.

    It stays where half of the old one is in use: another rack is up, whose next service would fail.
    """
    path, _, value = name.partition("=")
    if in_use() > int(value) // 2:
        return
    with contextlib.suppress(PermissionError):
        Path(path).write_text(value)
