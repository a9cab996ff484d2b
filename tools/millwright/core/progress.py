"""How long-running steps report to a display."""

from typing import Protocol


class Progress(Protocol):
    """A display of steps that may run at the same time."""

    def step(self, name: str, detail: str) -> None:
        """A step started, moved on, or is still running."""

    def done(self, name: str, detail: str) -> None:
        """A step ended well."""
