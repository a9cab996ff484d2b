"""The context of a command: what it works with besides its arguments."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from millwright.core.clock import utc_now
from millwright.core.progress import Progress


class Silent:
    """A display that shows nothing."""

    def step(self, name: str, detail: str) -> None:
        """Ignore a step."""

    def done(self, name: str, detail: str) -> None:
        """Ignore an end."""


def _ignore(_line: str) -> None:
    """Ignore a warning."""


@dataclass(frozen=True, slots=True)
class Context:
    """Clock, display and warnings of one command; the defaults suit programs that call it as a library."""

    progress: Progress = field(default_factory=Silent)
    warn: Callable[[str], None] = _ignore
    """Receives one line that the user should see although the command goes on."""
    now: Callable[[], datetime.datetime] = utc_now
