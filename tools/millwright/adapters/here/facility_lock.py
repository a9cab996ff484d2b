"""One change of a facility at a time, whoever makes it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from millwright.core.errors import NotTestableError

PLAYBOOK_LOCK = "apply.lock"
"""Held while a playbook runs, by the playbook's process too."""
ROLLOUT_LOCK = "rollout.lock"
"""Held by whoever changes hosts wave by wave, from the first wave to the last."""
HOLDER = re.compile(r"^process (?P<pid>[0-9]+), since (?P<since>.*)$", re.MULTILINE)
ANSIBLE = re.compile(r"^Ansible (?P<pid>[0-9]+)$", re.MULTILINE)


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
            raise NotTestableError(
                f"{name} is being provisioned already: {_holder(lock.read())}", code="MW3501"
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S %Z}\n")
        lock.flush()
        yield lock.fileno()


def note_ansible(lock: int, pid: int) -> None:
    """Note in a lock that this process of Ansible inherited it, and may outlive whoever took it."""
    os.write(lock, f"Ansible {pid}\n".encode())  # the file is open for appending


def _holder(text: str) -> str:
    """Who holds a lock in which this stands, and what to do about it."""
    taken, children = HOLDER.search(text), ANSIBLE.findall(text)
    if taken is None:
        return "another process holds the lock; wait until that run has ended"
    if _is_alive(int(taken["pid"])) or not children:
        return f"process {taken['pid']}, since {taken['since']}; wait until that run has ended"
    return (
        f"process {taken['pid']}, since {taken['since']}, was killed, and its Ansible, "
        f"process {children[-1]}, still changes hosts; wait until that has ended, or end it with SIGTERM"
    )


def _is_alive(pid: int) -> bool:
    return Path("/proc", str(pid)).exists()
