"""``millwright figures``: cost, energy, shares and reliability from described inputs."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError, Problem
from millwright.economics.examples import example_text
from millwright.economics.figures import Figure, compute
from millwright.economics.inputs import Input, read_input

__all__ = ["FiguresReport", "compute_figures", "example_text"]


class FigureLine(Part):
    """One figure."""

    name: str
    value: float | str | bool | None
    """Null for a figure that does not exist, for example an estimate without an observation."""
    exact: str | None
    """The value as a fraction, if it is rational."""
    unit: str
    source: str
    """Of the formula."""


class FigureSet(Part):
    """All figures of one file."""

    file: str
    kind: str
    title: str
    source: str
    """Of the inputs."""
    source_kind: str
    """How the inputs are known."""
    date: str
    figures: tuple[FigureLine, ...]


class FiguresReport(Document):
    """The figures of the files, in the order in which they were named."""

    format: Literal["millwright-figures/1"] = "millwright-figures/1"
    files: tuple[FigureSet, ...]


def compute_figures(context: Context, files: Iterable[Path]) -> FiguresReport:
    """Compute all figures of some files; raises :exc:`BadInputError` with every problem of all of them."""
    del context
    problems: list[Problem] = []
    sets: list[FigureSet] = []
    for file in files:
        try:
            sets.append(_figures_of(file, read_input(file)))
        except BadInputError as error:
            problems.extend(error.problems)
    if problems:
        raise BadInputError(problems)
    return FiguresReport(files=tuple(sets))


def _figures_of(file: Path, described: Input) -> FigureSet:
    try:
        found = compute(described)
    except BadInputError as error:
        raise BadInputError(_in_file(str(file), problem) for problem in error.problems) from error
    return FigureSet(
        file=str(file),
        kind=str(getattr(described, "kind", "")),
        title=described.title,
        source=described.source,
        source_kind=described.source_kind.value,
        date=described.date.isoformat(),
        figures=tuple(map(_line, found)),
    )


def _in_file(file: str, problem: Problem) -> Problem:
    """What the computation names by its input, named by file and key."""
    key = ".".join(part for part in (problem.file, problem.key) if part not in {"", "-"})
    return replace(problem, file=file, key=key or "-")


def _line(figure: Figure) -> FigureLine:
    is_rational = isinstance(figure.value, Fraction)
    value = float(figure.value) if isinstance(figure.value, Fraction) else figure.value
    return FigureLine(
        name=figure.name,
        value=value,
        exact=str(figure.value) if is_rational else None,
        unit=figure.unit,
        source=figure.source,
    )
