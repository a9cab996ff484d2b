"""Steps that end at their next sign of life once their command was interrupted."""

import threading

from millwright.core.progress import Progress


class StoppedError(Exception):
    """Raised inside a step whose command was interrupted."""


class Stoppable:
    """Hands steps on until it is stopped; from then on every step ends with :exc:`StoppedError`."""

    def __init__(self, display: Progress) -> None:
        self._display = display
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let every step end at its next sign of life."""
        self._stopped.set()

    def step(self, name: str, detail: str) -> None:
        """Hand on a sign of life."""
        if self._stopped.is_set():
            raise StoppedError(name)
        self._display.step(name, detail)

    def done(self, name: str, detail: str) -> None:
        """Hand on an end."""
        self._display.done(name, detail)
