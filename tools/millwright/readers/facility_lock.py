"""One change of a facility at a time, whoever makes it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from millwright.errors import NotTestableError

PLAYBOOK_LOCK = "apply.lock"
"""Held while a playbook runs, by the playbook's process too."""
ROLLOUT_LOCK = "rollout.lock"
"""Held by whoever changes hosts wave by wave, from the first wave to the last."""


@contextmanager
def only_one(state: Path, name: str, now: datetime, file: str = PLAYBOOK_LOCK) -> Iterator[int]:
    """Hold one of a facility's locks; a process that inherits the descriptor prolongs it.

    Raises :exc:`NotTestableError`, which names the holder, where somebody else has it.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state / file).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            msg = f"{name} is being provisioned already ({holder}): wait until that run has ended"
            raise NotTestableError(msg) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S %Z}\n")
        lock.flush()
        yield lock.fileno()
