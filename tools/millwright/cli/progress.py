"""Steps of the rack as they happen: live on a terminal, one line each elsewhere."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

QUIET_S = 5.0


class LiveSteps:
    """A spinner and a clock for each step that is under way."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def step(self, name: str, detail: str) -> None:
        """Show what a step does now."""
        with self._lock:
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(name, total=1, detail="")
            self._bars.update(self._tasks[name], detail=escape(detail))

    def done(self, name: str, detail: str) -> None:
        """Stop the clock of a step."""
        self.step(name, detail)
        self._bars.update(self._tasks[name], completed=1)


class PlainSteps:
    """A line when a step starts, ends, or has been at it for a while."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed: dict[str, float] = {}
        self._lock = threading.Lock()

    def step(self, name: str, detail: str) -> None:
        """Print now and then what a step does."""
        with self._lock:
            if time.monotonic() - self._printed.get(name, float("-inf")) > QUIET_S:
                self._print(name, detail)

    def done(self, name: str, detail: str) -> None:
        """Print how a step ended."""
        with self._lock:
            self._print(name, detail)

    def _print(self, name: str, detail: str) -> None:
        self._printed[name] = time.monotonic()
        self._console.print(f"{name:<14} {detail}", markup=False, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def shown() -> Iterator[LiveSteps | PlainSteps]:
    """Progress on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield PlainSteps(console)
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    with Bars(*columns, console=console, redirect_stdout=sys.stdout.isatty()) as bars:
        yield LiveSteps(bars)
