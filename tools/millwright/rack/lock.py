"""One command at a time changes a rack."""

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from millwright.core.errors import NotTestableError

POLL_S = 0.5


@contextlib.contextmanager
def exclusive(path: Path, report: Callable[[str], None], wait_s: float) -> Iterator[None]:
    """Hold the lock file; wait for another holder up to ``wait_s`` seconds, saying so.

    Raises :exc:`NotTestableError` when the other one takes longer. The kernel frees the lock
    of a process that dies.
    """
    deadline = time.monotonic() + wait_s
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    message = (
                        f"another command has been working on this rack for {wait_s:.0f} s ({path} is locked)"
                    )
                    raise NotTestableError(message, code="MW7012") from None
                report("waiting for another command that works on this rack")
                time.sleep(POLL_S)
        yield
