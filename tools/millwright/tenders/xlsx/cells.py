"""Cells with a value of a type; a text stays a text, whatever it begins with."""

import datetime
from decimal import Decimal
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill

Value = str | int | float | Decimal | datetime.date | None

HEAD = Font(bold=True)
HEAD_FILL = PatternFill("solid", fgColor="FFE3E8EF")
WRAPPED = Alignment(wrap_text=True, vertical="top")
DATE_FORMAT = "yyyy-mm-dd"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def put(cell: Any, value: Value) -> None:  # noqa: ANN401 - a cell of openpyxl
    """Set a cell; a text that looks like a formula or an error is kept as text, also when it is edited."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
    elif isinstance(value, datetime.date):
        cell.number_format = DATE_FORMAT


def put_head(cell: Any, text: str) -> None:  # noqa: ANN401 - as above
    """Set a heading."""
    put(cell, text)
    cell.font, cell.fill, cell.alignment = HEAD, HEAD_FILL, WRAPPED
