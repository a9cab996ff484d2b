"""A report as a workbook: one sheet for each table, real numbers, filters, frozen heads, no formula.

Equal reports give equal bytes: times in the file are those of the run.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from millwright.report.blocks import Built
from millwright.report.content import ReportContent
from millwright.report.labels import Words
from millwright.report.renderers.grid import Grid, GridCell, grids_of

FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
"""What the name of a sheet may not hold."""
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MAX_SHEET_NAME = 31
MAX_TEXT = 32_767
"""Characters of a cell that Excel reads."""
MAX_ROWS = 1_048_575
WIDEST, NARROWEST = 60, 9
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
HEAD_FILL = PatternFill("solid", start_color="FFE9ECEF")


def render_xlsx(content: ReportContent, sections: Sequence[Built], words: Words) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    for grid in grids_of(sections, words):
        _add(book, grid)
    time = datetime.datetime.fromisoformat(content.generated).replace(tzinfo=None)
    book.properties.created = book.properties.modified = time
    book.properties.creator = f"Millwright {content.provenance.rendered_by}"
    book.properties.title = UNREADABLE.sub("\ufffd", content.title)
    file = io.BytesIO()
    book.save(file)
    return _with_fixed_times(file.getvalue(), time)


def _add(book: Workbook, grid: Grid) -> None:
    sheet = book.create_sheet(_sheet_name(book, grid))
    for column, head in enumerate(grid.heads, start=1):
        cell = sheet.cell(1, column)
        _put_text(cell, head)
        cell.font = Font(bold=True)
        cell.fill = HEAD_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    for number, row in enumerate(grid.rows[:MAX_ROWS], start=2):
        for column, value in enumerate(row, start=1):
            _put(sheet.cell(number, column), value)
    sheet.freeze_panes = "A2"
    if grid.rows:
        sheet.auto_filter.ref = sheet.dimensions
    _set_widths(sheet, grid)


def _sheet_name(book: Workbook, grid: Grid) -> str:
    base = FORBIDDEN.sub(" ", UNREADABLE.sub(" ", f"{grid.section} {grid.name}")).strip()
    if grid.name.startswith(grid.section):
        base = FORBIDDEN.sub(" ", UNREADABLE.sub(" ", grid.name)).strip()
    taken = {name.casefold() for name in book.sheetnames}
    name, number = base[:MAX_SHEET_NAME].strip(), 1
    while name.casefold() in taken:
        number += 1
        end = f" {number}"
        name = base[: MAX_SHEET_NAME - len(end)].strip() + end
    return name


def _put(cell: SheetCell, given: GridCell) -> None:
    if given.value is None:
        return
    if isinstance(given.value, str):
        _put_text(cell, given.value)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return
    cell.value = given.value
    cell.alignment = Alignment(vertical="top")
    if given.is_share:
        cell.number_format = "0.0##%"
    elif given.places is not None:
        decimals = max(0, min(given.places, 15))
        cell.number_format = "#,##0" + (f".{'0' * decimals}" if decimals else "")


def _put_text(cell: SheetCell, text: str) -> None:
    """As a string, whatever it begins with: Excel computes no cell of this type."""
    cell.value = UNREADABLE.sub("\ufffd", text)[:MAX_TEXT]
    cell.data_type = "s"


def _set_widths(sheet: Worksheet, grid: Grid) -> None:
    for column, head in enumerate(grid.heads):
        longest = max((len(_shown(row[column])) for row in grid.rows[:200]), default=0)
        width = max(NARROWEST, min(WIDEST, longest + 2), min(len(head) + 4, 18))
        sheet.column_dimensions[get_column_letter(column + 1)].width = width


def _shown(cell: GridCell) -> str:
    if isinstance(cell.value, float):
        return f"{cell.value:.4g}"
    return "" if cell.value is None else str(cell.value)


def _with_fixed_times(data: bytes, time: datetime.datetime) -> bytes:
    """The same archive without the times at which it was packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            text = old.read(name)
            if name == "docProps/core.xml":
                text = _stamp(text, time)
            new.writestr(entry, text)
    return out.getvalue()


def _stamp(core: bytes, time: datetime.datetime) -> bytes:
    """Openpyxl writes the time of saving as the time of the last change."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)", rb"\g<1>" + now + rb"\2", core)
