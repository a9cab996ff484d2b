"""A report as CSV files: one a table, RFC 4180, numbers unrounded, no cell that a program would run."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from millwright.report.blocks import Built
from millwright.report.labels import Words
from millwright.report.renderers.grid import Grid, GridCell, grids_of

RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
"""First characters of a text that spreadsheets take for a formula."""
MAX_NAME = 60


def render_csv(sections: Sequence[Built], words: Words) -> Iterator[tuple[str, str]]:
    """Name and text of each file; names are unique, and safe on any file system."""
    for number, grid in enumerate(grids_of(sections, words), start=1):
        yield _name(number, grid), _text(grid)


def _name(number: int, grid: Grid) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", f"{grid.section}-{grid.name}").strip("-").lower()
    return f"{number:02d}-{words[:MAX_NAME]}.csv"


def _text(grid: Grid) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([inert(head) for head in grid.heads])
    writer.writerows([_item(cell) for cell in row] for row in grid.rows)
    return file.getvalue()


def _item(cell: GridCell) -> str:
    if cell.value is None:
        return ""
    return inert(cell.value) if isinstance(cell.value, str) else repr(cell.value)


def inert(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would compute it.

    >>> inert("=1+1"), inert("node-1")
    ("'=1+1", 'node-1')
    """
    return f"'{text}" if text.startswith(RUNNABLE) else text
