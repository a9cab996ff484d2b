"""What commands print: results on standard output, progress and warnings on standard error.

Colours and live displays appear on a terminal only; text that is piped is neither cut nor wrapped.
"""

import contextlib
import sys
from collections.abc import Iterable, Iterator

import typer
from rich.console import Console
from rich.text import Text

from millwright.app.context import Context
from millwright.app.document import Document, to_json
from millwright.cli.progress import shown

PIPED_WIDTH = 100_000
"""Columns of a line that no terminal has to show."""


@contextlib.contextmanager
def context() -> Iterator[Context]:
    """The context of a command line: steps and warnings on standard error."""
    with shown() as steps:
        yield Context(progress=steps, warn=warn)


def warn(line: str) -> None:
    """Print one line on standard error."""
    typer.echo(line, err=True)


def print_json(document: Document) -> None:
    """Print a document as JSON."""
    typer.echo(to_json(document))


def print_lines(lines: Iterable[str]) -> None:
    """Print text line by line."""
    for line in lines:
        typer.echo(line)


def console() -> Console:
    """Standard output for tables and styled text."""
    found = Console(soft_wrap=True)
    return found if found.is_terminal else Console(width=PIPED_WIDTH, soft_wrap=True)


def print_above_progress(line: Text) -> None:
    """Print one styled line at once; a live display on the same terminal moves down for it.

    ``typer.echo`` and :func:`console` write past the display, into its line.
    """
    out = console()
    with out.capture() as captured:
        out.print(line)
    sys.stdout.write(captured.get())
    sys.stdout.flush()
