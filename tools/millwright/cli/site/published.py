"""How published figures are printed, and ``millwright facility compare``."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.site.published import (
    ComparedValue,
    FacilityCompare,
    PublishedShow,
    compare_facilities,
)
from millwright.cli.options import AsJson
from millwright.cli.output import console, print_json, print_lines

MARKS = {"read": "", "secondary": "'", "memory": "?"}
LEGEND = (
    "' quoted by another text; ? from memory, never a reference; = derived, known as its weakest input; "
    "≥ lower bound; ~ sources disagree; - unknown"
)


def command(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Facilities or references; NAME/PARTITION for one partition.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Put facilities and published machines side by side, in one unit a row, with sources.

    Claimed "AI exaflops" are printed below, as words: they can't be compared.

    Example: millwright facility compare lumi/lumi-g jupiter marenostrum5
    """
    found = compare_facilities(names)
    if as_json:
        print_json(found)
        return
    print_figures(found)


def print_published(found: PublishedShow) -> None:
    """One reference, to be read."""
    lines = [f"{found.title} ({found.kind}, {found.stage}), {found.site}"]
    lines += [f"status: {found.status}"] * bool(found.status) + [f"note: {found.note}"] * bool(found.note)
    lines += [f"uses {name}: its accelerators are not counted again" for name in found.machines]
    for each in found.antennas:
        others = [name for name in each.factories if name != found.name]
        also = f", also of {', '.join(others)}" if others else ""
        lines.append(f"antenna {each.country}: {each.name or 'name unknown'}{also} [{each.source}]")
    lines += [f"{key.replace('_', ' ')}: {value}" for key, value in found.further.items()]
    print_lines(lines)
    print_figures(found.figures)


def print_figures(found: FacilityCompare) -> None:
    """The table with its notes and sources."""
    headings = [
        f"{each.name}{' ' + each.stage if each.stage != 'operational' else ''}" for each in found.columns
    ]
    table = Table("Quantity", "Unit", *headings, box=None)
    notes: list[str] = []
    for row in found.rows:
        cells = [_cell(value) for value in row.values]
        table.add_row(Text(row.label), Text(row.unit), *map(Text, cells))
        for column, value in zip(found.columns, row.values, strict=True):
            notes += _notes(f"{column.name}, {row.label}", value)
    console().print(table)
    print_lines([LEGEND])
    for column in found.columns:
        print_lines(f"{column.name}: {each}, not comparable" for each in column.ai_claims)
        if column.open_question:
            print_lines([f"{column.name}: open: {column.open_question}"])
    print_lines(notes)
    print_lines(
        ["Sources:", *(f"  {key}: {each.title} ({each.date})" for key, each in found.sources.items())]
    )


def _cell(value: ComparedValue) -> str:
    if value.by_part:
        return "; ".join(f"{_number(each)} ({part})" for part, each in value.by_part.items())
    if value.value is None:
        return "-"
    lower, disputed = "≥" * value.at_least, "~" * bool(value.others)
    return f"{lower}{_number(value.value)}{'=' * value.derived}{MARKS.get(value.kind or '', '')}{disputed}"


def _number(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:,.5g}" if value < 1000 else f"{value:,.0f}"


def _notes(place: str, value: ComparedValue) -> list[str]:
    parts = [value.note] if value.note else []
    parts += [
        f"{_number(each.value)} says {each.source} ({each.kind}{'; ' + each.note if each.note else ''})"
        for each in value.others
    ]
    if not parts and value.value is None:
        return []
    source = f" [{value.source}]" if value.source else ""
    return [f"  {place}: {'; '.join(parts)}{source}"] if parts else []
