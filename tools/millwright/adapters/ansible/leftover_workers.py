"""Ends workers that outlived their Ansible: one that was just being started hears of no ending."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
GRACE_S = 5.0
POLL_S = 0.1


def end_leftovers(lock: int, marker: str) -> None:
    """End every process that inherited the lock and has the marker in its environment; nothing else.

    `lock` is an open descriptor of the lock's file, `marker` is ``NAME=value``.
    """
    waited_s = 0.0
    while pids := tuple(_leftovers(lock, marker)):
        number = signal.SIGTERM if waited_s < GRACE_S else signal.SIGKILL
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(POLL_S)
        waited_s += POLL_S


def _leftovers(lock: int, marker: str) -> Iterator[int]:
    wanted = os.fstat(lock)
    for folder in PROC.iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with suppress(OSError):  # it ended while we looked, or is somebody else's
                if _holds(folder, wanted) and marker.encode() in (folder / "environ").read_bytes().split(
                    b"\0"
                ):
                    yield int(folder.name)


def _holds(process: Path, wanted: os.stat_result) -> bool:
    for descriptor in (process / "fd").iterdir():
        with suppress(OSError):
            if os.path.samestat(descriptor.stat(), wanted):
                return True
    return False
