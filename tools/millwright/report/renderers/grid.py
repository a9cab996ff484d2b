"""Blocks as grids of typed cells, for spreadsheets and CSV: numbers stay numbers, pairs become two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from millwright.report.blocks import (
    Absent,
    Block,
    Built,
    Cell,
    Column,
    Facts,
    Figure,
    Heading,
    Items,
    Notes,
    Number,
    Pair,
    Paragraph,
    Share,
    Table,
    Tally,
)
from millwright.report.labels import Words
from millwright.report.text import plain
from millwright.report.wording import word_value

FACT_HEADS = ("machine.field", "machine.value", "document.detail")

Item = str | float | int | None
"""What one cell holds; None for no value."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A value and how it is shown."""

    value: Item
    is_share: bool = False
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with one line of heads."""

    section: str
    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[GridCell, ...], ...]


def grids_of(sections: Sequence[Built], words: Words) -> Iterator[Grid]:
    """Every table, list of facts and figure's table of all sections, and the prose of each section."""
    for section in sections:
        prose: list[tuple[GridCell, ...]] = []
        for block in section.blocks:
            grid = _grid(section, block, words)
            if grid:
                yield grid
            prose += [(GridCell(line),) for line in _lines(block, words)]
        if prose:
            yield Grid(section.name, "text", section.title, (section.title,), tuple(prose))


def _grid(section: Built, block: Block, words: Words) -> Grid | None:
    """The block as a grid; None for one that is prose or a line to sign on."""
    rows: list[tuple[GridCell, ...]]
    match block:
        case Table():
            return _table(section, block, words)
        case Figure():
            return _table(section, block.table, words)
        case Facts(name, items):
            heads = tuple(word(words, key) for key in FACT_HEADS)
            rows = [
                (GridCell(plain(fact.label)), _cell(fact.cell, words), GridCell(_small(fact.cell)))
                for fact in items
            ]
            return Grid(section.name, name, section.title, heads, tuple(rows))
        case Tally(name, label, counts):
            heads = (word(words, "scorecard.verdict"), word(words, "document.count"))
            rows = [
                (GridCell(str(words["verdicts"][each.verdict or "NONE"]["name"])), GridCell(each.count))
                for each in counts
            ]
            return Grid(section.name, name, label, heads, tuple(rows))
        case Notes(name, title, notes):
            heads = (word(words, "provenance.evidence_number"), title)
            rows = [(GridCell(each.label), GridCell(plain(each.text))) for each in notes]
            return Grid(section.name, name, title, heads, tuple(rows))
        case _:
            return None


def word(words: Words, key: str) -> str:
    """The label at a dotted key of two parts."""
    group, _, name = key.partition(".")
    return str(words[group][name])


def _lines(block: Block, words: Words) -> Iterator[str]:
    match block:
        case Heading(text) | Paragraph(text):
            yield plain(text)
        case Items(items):
            for cell in items:
                yield plain(" ".join((word_value(cell.value, words), *cell.small)))


def _table(section: Built, table: Table, words: Words) -> Grid:
    has_groups = any(group.heading for group in table.groups)
    has_remarks = any(row.remarks for group in table.groups for row in group.rows)
    heads: list[str] = [word(words, "document.group")] if has_groups else []
    for column in table.columns:
        heads += _heads(column, words)
    if has_remarks:
        heads.append(word(words, "document.remarks"))
    rows = []
    for group in table.groups:
        for row in group.rows:
            cells = [GridCell(plain(group.heading))] if has_groups else []
            for column, cell in zip(table.columns, row.cells, strict=True):
                cells += _cells(column, cell, words)
            if has_remarks:
                cells.append(GridCell(plain("; ".join(row.remarks))))
            rows.append(tuple(cells))
    return Grid(section.name, table.name, table.caption, tuple(heads), tuple(rows))


def _heads(column: Column, words: Words) -> list[str]:
    if column.kind == "pair":
        return [plain(part) for part in column.parts]
    label = plain(column.label)
    if column.only_data or column.kind == "number":
        return [label]
    return [label, f"{label}, {word(words, 'document.detail')}"]


def _cells(column: Column, cell: Cell, words: Words) -> list[GridCell]:
    if column.kind == "pair":
        if isinstance(cell.value, Pair):
            pair = cell.value
            return [GridCell(pair.first, places=pair.places), GridCell(pair.second, places=pair.places)]
        return [GridCell(None), GridCell(None)]
    value = _cell(cell, words)
    if column.only_data or column.kind == "number":
        return [value]
    return [value, GridCell(_small(cell))]


def _small(cell: Cell) -> str:
    unit = (cell.value.unit,) if isinstance(cell.value, Number) and cell.value.unit else ()
    return plain("; ".join((*unit, *(tag.text for tag in cell.tags), *cell.small)))


def _cell(cell: Cell, words: Words) -> GridCell:
    match cell.value:
        case Number(value, places):
            return GridCell(value, places=places)
        case Share(value):
            return GridCell(value, is_share=True)
        case Absent(text):
            return GridCell(plain(text) or None)
        case _:
            return GridCell(plain(word_value(cell.value, words)))
