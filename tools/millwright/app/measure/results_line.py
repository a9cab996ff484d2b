"""``millwright results show --at FILE:LINE``: the line of the evidence that a number was read from."""

import re
from itertools import islice
from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.measure.stored_name import stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.results.runs import find_run

PLACE = re.compile(r"(?P<file>.+):(?P<line>[1-9][0-9]{0,8})")
MAX_CHARACTERS = 100_000
"""Of a line that is printed."""


class EvidenceLine(Document):
    """One line of a file of a stored run, as it was stored."""

    format: Literal["millwright-results-show-at/1"] = "millwright-results-show-at/1"
    run_id: str
    file: str
    """Path within the run folder."""
    sha256: str
    """Of the whole file, as the manifest states it."""
    line: int
    text: str
    """Without the end of the line; characters that control a terminal are replaced."""


def show_line(  # noqa: PLR0913, PLR0917 - the place of a line and whom to trust
    context: Context, facility: str, run: str | None, results: Path, at: str, trust: Trust
) -> EvidenceLine:
    """Read a line of a run that may be relied on.

    Raises :exc:`BadInputError` for a place that is none, a file that the manifest does not list and a line
    beyond its end.
    """
    del context
    found = PLACE.fullmatch(at)
    if not found:
        expected = "FILE:LINE, with the file's path in the run folder"
        raise BadInputError([Problem("results show", "--at", f"{at!r} is no place", expected, code="MW7042")])
    path = find_run(results, stored_name(facility, results), run)
    loaded, _ = open_run(path, trust)
    file, number = found["file"], int(found["line"])
    if file not in loaded.sums:
        problem = f"the run has no file {file!r}"
        expected = f"a file of its manifest{did_you_mean(file, loaded.sums)}"
        raise BadInputError([Problem("results show", "--at", problem, expected, code="MW7043")])
    with (path / file).open(encoding="utf-8", errors="replace", newline="\n") as lines:
        text = next(islice(lines, number - 1, None), None)
    if text is None:
        problem = f"{file} has no line {number}"
        raise BadInputError([Problem("results show", "--at", problem, "a line that it has", code="MW7044")])
    return EvidenceLine(
        run_id=loaded.info.run_id,
        file=file,
        sha256=loaded.sums[file],
        line=number,
        text=_printable(text.rstrip("\r\n")[:MAX_CHARACTERS]),
    )


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
