"""Host-wide kernel limits that many systemds on one machine run into."""

import contextlib
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


def restore_limit(name: str) -> None:
    """Put a limit back; ``name`` is the setting's file and its old value."""
    path, _, value = name.partition("=")
    with contextlib.suppress(PermissionError):
        Path(path).write_text(value)
