"""Tables as sheets: real numbers, a filter on each column, the head frozen."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from millwright.tenders.xlsx.cells import Value, put, put_head
from millwright.tenders.xlsx.pack import pack

MIN_WIDTH, MAX_WIDTH = 8, 60


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet."""

    title: str
    """Of the sheet, at most 31 characters of plain text."""
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def write_tables(tables: Iterable[Table], *, date: datetime.date) -> bytes:
    """A workbook with one sheet a table; the same tables and date give the same bytes."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in tables:
        sheet = workbook.create_sheet(table.title)
        for column, head in enumerate(table.heads, start=1):
            put_head(sheet.cell(1, column), head)
            width = _width([head, *(row[column - 1] for row in table.rows)])
            sheet.column_dimensions[get_column_letter(column)].width = width
        for number, row in enumerate(table.rows, start=2):
            for column, value in enumerate(row, start=1):
                put(sheet.cell(number, column), value)
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{len(table.rows) + 1}"
    return pack(workbook, date=date)


def _width(values: Sequence[Value]) -> int:
    return min(MAX_WIDTH, max(MIN_WIDTH, *(len(str(value)) + 2 for value in values)))
