"""The bid form of a tender as a workbook: typed cells to fill in, everything else protected."""

from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation

from millwright.tenders.form.layout import (
    BID,
    FIRST_ROW,
    HEADS,
    HELP,
    Kind,
    Row,
    column_of,
    head_cells,
    rows_of,
)
from millwright.tenders.model import Tender
from millwright.tenders.xlsx.cells import DATE_FORMAT, HEAD, WRAPPED, put, put_head
from millwright.tenders.xlsx.pack import pack

WIDTHS = (26, 52, 18, 12, 34, 12, 12, 18, 28, 12, 40)
INPUT = PatternFill("solid", fgColor="FFFFF8D9")
LISTS = {
    "precision": "fp64,tf32,fp32,fp16,bf16,fp8,int8",
    "sparsity": "dense,2:4",
    "kind": "measured,peak,emulated,extrapolated",
}
FORMATS = {Kind.AMOUNT: "0.##########", Kind.COUNT: "0", Kind.TEXT: "@"}
INSTRUCTIONS = (
    "Fill in the yellow cells of the sheet Bid; all others are protected.",
    "A value is a number in the unit of its row. Formulas, macros and links to other files are refused.",
    "State with each value its source (a page of your offer) and its date.",
    "Kind is how a value is known: measured, peak, emulated or extrapolated. Unless a row says otherwise, "
    "only measured values are admitted.",
    "Sparse figures are not halved: a value with structured sparsity is rejected if dense is asked.",
    "Amounts are in EUR without value-added tax.",
    "Add no rows, columns or sheets.",
)


def write_form(tender: Tender) -> bytes:
    """The form; the same tender gives the same bytes."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = BID
    for place, value in head_cells(tender).items():
        put(sheet[place], value)
    sheet["A1"].font = HEAD
    for head, width in zip(HEADS, WIDTHS, strict=True):
        letter = column_of(head.lower())
        put_head(sheet[f"{letter}{FIRST_ROW - 1}"], head)
        sheet.column_dimensions[letter].width = width
    rows = rows_of(tender)
    for row in rows:
        _write_row(sheet, row)
    _validate(sheet, rows)
    sheet.freeze_panes = f"C{FIRST_ROW}"
    _protect(sheet)
    _write_help(workbook, tender)
    return pack(workbook, date=tender.published)


def _write_row(sheet: Any, row: Row) -> None:  # noqa: ANN401 - a sheet of openpyxl
    for head, text in {
        "key": row.key,
        "what is asked": row.title,
        "unit": row.unit,
        "asked": row.asked,
        "note": row.note,
    }.items():
        if text:
            put(sheet[row.cell(head)], text)
            sheet[row.cell(head)].alignment = WRAPPED
    for head in ("value", *row.beside):
        cell = sheet[row.cell(head)]
        cell.protection = Protection(locked=False)
        cell.fill = INPUT
        formats = {"value": FORMATS[row.kind], "date": DATE_FORMAT}
        cell.number_format = formats.get(head, "@")
    if row.asked or row.note:
        note = Comment("\n".join(filter(None, (row.asked, row.note))), "Millwright", height=60, width=300)
        sheet[row.cell("value")].comment = note


def _validate(sheet: Any, rows: tuple[Row, ...]) -> None:  # noqa: ANN401 - as above
    rules = {
        Kind.AMOUNT: DataValidation("decimal", operator="greaterThanOrEqual", formula1="0"),
        Kind.COUNT: DataValidation("whole", operator="greaterThanOrEqual", formula1="1"),
        Kind.TEXT: DataValidation("textLength", operator="lessThanOrEqual", formula1="2000"),
    }
    dates = DataValidation("date", operator="greaterThanOrEqual", formula1="36526")
    lists = {
        head: DataValidation("list", formula1=f'"{values}"', showErrorMessage=False)
        for head, values in LISTS.items()
    }
    for kind, rule in rules.items():
        rule.showErrorMessage, rule.errorTitle, rule.error = True, "Bid form", f"A {kind.value} is asked."
    dates.showErrorMessage, dates.errorTitle, dates.error = True, "Bid form", "A date is asked."
    for row in rows:
        rules[row.kind].add(row.cell("value"))
        for head in row.beside:
            if head in lists:
                lists[head].add(row.cell(head))
            elif head == "date":
                dates.add(row.cell(head))
    for rule in (*rules.values(), dates, *lists.values()):
        if rule.sqref.ranges:
            sheet.add_data_validation(rule)


def _write_help(workbook: Workbook, tender: Tender) -> None:
    sheet = workbook.create_sheet(HELP)
    sheet.column_dimensions["A"].width = 110
    synthetic = ("This tender is synthetic: an invented example.",) * tender.synthetic
    notices = [f"Amendment {each.number} of {each.date}: {each.text}" for each in tender.amendments]
    for number, text in enumerate((*synthetic, *INSTRUCTIONS, *notices), start=1):
        put(sheet.cell(number, 1), text)
        sheet.cell(number, 1).alignment = WRAPPED
    _protect(sheet)


def _protect(sheet: Any) -> None:  # noqa: ANN401 - as above
    """Against accidents: no password, since the reader checks every cell."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
