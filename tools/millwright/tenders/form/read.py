"""A filled-in bid form as an offer, with every problem by cell."""

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Finding
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
from millwright.tenders.model import Offer, Tender
from millwright.tenders.text import printable
from millwright.tenders.xlsx.guard import MAX_ROWS, open_workbook

LAST_COLUMN = 30
IDENTITY = ("B2", "B3", "B4", "B7")
MAX_STRAY = 20
NEEDED = {"bidder", "title", "nodes", "power"}
"""Without these nothing can be made of a form."""
Cell = Any
"""A cell of openpyxl."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What a filled-in form says."""

    data: Mapping[str, object]
    """In the form of ``offers/<bidder>.yaml``."""
    offer: Offer
    missing: tuple[str, ...]
    """Cells of values that are not stated."""
    sha256: str
    """Of the workbook."""


@dataclass(slots=True)
class _Reading:
    """What was found so far."""

    file: str
    cells: Mapping[str, Cell]
    problems: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Cell of each key of the offer."""

    def refuse(self, found: Finding) -> None:
        """Add a problem of a cell."""
        self.problems.append(replace(found.in_file(self.file), key=f"{BID}!{found.key}"))


def read_form(
    path: Path, tender: Tender, received: datetime.datetime, *, allow_missing: bool = False
) -> FilledForm:
    """Read a filled-in form; raises :exc:`BadInputError` with every problem of every cell.

    Values that are not stated are a problem too, unless they are allowed: then the offer lacks them, and is
    rejected for that later.
    """
    book, raw = open_workbook(path)
    file = printable(str(path))
    reading = _Reading(file, _cells_of(book, file))
    _check_identity(reading, tender)
    rows = rows_of(tender)
    data = _offer_data(reading, rows, tender, received)
    _check_the_rest(reading, rows, tender)
    _leave_out(data)
    needed = {row.cell("value") for row in rows if row.key in NEEDED}
    for place in reading.missing:
        if place in needed or not allow_missing:
            reading.refuse(Finding("MW7648", place, "is empty", "a value"))
    offer = _validated(reading, data)
    if reading.problems or offer is None:
        raise BadInputError(reading.problems)
    return FilledForm(data, offer, tuple(reading.missing), hashlib.sha256(raw).hexdigest())


def _cells_of(book: Any, file: str) -> dict[str, Cell]:  # noqa: ANN401 - a workbook of openpyxl
    """Every cell that is not empty, by its name."""
    unknown = [printable(name) for name in book.sheetnames if name not in {BID, HELP}]
    if unknown or BID not in book.sheetnames:
        problem = f"has the sheets {', '.join(map(printable, book.sheetnames))}"
        raise BadInputError([Problem(file, "-", problem, f"{BID} and {HELP}", code="MW7646")])
    try:
        rows = book[BID].iter_rows(max_row=MAX_ROWS, max_col=LAST_COLUMN)
        cells = (cell for row in rows for cell in row)
        return {cell.coordinate: cell for cell in cells if getattr(cell, "value", None) is not None}
    except Exception as error:  # as in open_workbook: sheets are parsed when they are read
        problem = f"can't be read as a form: {type(error).__name__}"
        raise BadInputError(
            [Problem(file, BID, problem, "the form as it was handed out", code="MW7647")]
        ) from error


def _check_identity(reading: _Reading, tender: Tender) -> None:
    wanted = head_cells(tender)
    for place in IDENTITY:
        found = reading.cells.get(place)
        stated = None if found is None else found.value
        if stated != wanted[place]:
            label = wanted[f"A{place[1:]}"]
            problem = f"{label}: {printable(str(stated))[:80]}"
            reading.refuse(
                Finding("MW7649", place, problem, f"{wanted[place]}; hand out the form that is in force")
            )


def _offer_data(
    reading: _Reading, rows: tuple[Row, ...], tender: Tender, received: datetime.datetime
) -> dict[str, Any]:
    data: dict[str, Any] = {"bidder": None, "title": None, "tender": tender.tender}
    data |= {"form_version": tender.form_version, "received": received.isoformat()}
    for row in rows:
        place, path = row.cell("value"), tuple(row.key.split("."))
        value = _value(reading, place, row.kind)
        if value is None:
            if not row.optional and place not in reading.cells:
                reading.missing.append(place)
            continue
        reading.places[path] = place
        _put(
            data,
            path,
            {"value": value, "unit": row.unit, **_beside(reading, row, path)} if row.beside else value,
        )
    return data


def _put(data: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value


def _beside(reading: _Reading, row: Row, path: tuple[str, ...]) -> dict[str, object]:
    """What is stated with a value; a value that is given must have all of it."""
    found: dict[str, object] = {}
    for head in row.beside:
        place = row.cell(head)
        reading.places[(*path, head)] = place
        value = _date(reading, place) if head == "date" else _value(reading, place, Kind.TEXT)
        if value is not None:
            found[head] = value
        elif place not in reading.cells:
            reading.refuse(Finding("MW7656", place, f"has no {head}", "what is stated with the value"))
    return found


def _leave_out(data: dict[str, Any]) -> None:
    """Drop workloads of which a part is not stated: they are missing as a whole."""
    parts = {"nodes", "time", "kind"}
    whole = {name: each for name, each in data.get("workloads", {}).items() if parts <= set(each)}
    data["workloads"] = whole
    data.setdefault("committed", {})


def _value(reading: _Reading, place: str, kind: Kind) -> object:
    """The value of a cell; None if it is empty or was refused."""
    cell = reading.cells.get(place)
    if cell is None:
        return None
    value = cell.value
    if cell.data_type == "f":
        reading.refuse(Finding("MW7650", place, "is a formula", f"the {kind.value} itself"))
        return None
    if kind is Kind.TEXT and isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and cell.data_type == "n"
    if kind is not Kind.TEXT and is_number:
        whole = int(value) if float(value).is_integer() else value
        if kind is Kind.AMOUNT or isinstance(whole, int):
            return whole
    shown = printable(str(value))[:40]
    reading.refuse(Finding("MW7651", place, f"{shown!r} is no {kind.value}", _wanted(kind)))
    return None


def _wanted(kind: Kind) -> str:
    words = {Kind.TEXT: "a text", Kind.AMOUNT: "a number, without unit", Kind.COUNT: "a whole number"}
    return words[kind]


def _date(reading: _Reading, place: str) -> datetime.date | None:
    cell = reading.cells.get(place)
    if cell is None:
        return None
    if isinstance(cell.value, datetime.datetime):
        return cell.value.date()
    try:
        if cell.data_type != "f":
            return datetime.date.fromisoformat(str(cell.value))
    except ValueError:
        pass
    shown = printable(str(cell.value))[:40]
    reading.refuse(Finding("MW7652", place, f"{shown!r} is no date", "a date such as 2026-08-28"))
    return None


def _check_the_rest(reading: _Reading, rows: tuple[Row, ...], tender: Tender) -> None:
    """Cells that the form protects are as they were handed out, and nothing is written beside them."""
    locked: dict[str, object] = dict(head_cells(tender))
    locked |= {f"{column_of(head.lower())}{FIRST_ROW - 1}": head for head in HEADS}
    free: set[str] = set()
    for row in rows:
        texts = {
            "key": row.key,
            "what is asked": row.title,
            "unit": row.unit,
            "asked": row.asked,
            "note": row.note,
        }
        locked |= {row.cell(head): text for head, text in texts.items() if text}
        free |= {row.cell(head) for head in ("value", *row.beside)}
    for place, text in locked.items():
        found = reading.cells.get(place)
        if place not in IDENTITY and (found is None or found.value != text):
            reading.refuse(Finding("MW7653", place, "was changed", f"{printable(str(text))[:60]!r}"))
    stray = [place for place in reading.cells if place not in locked and place not in free]
    for place in stray[:MAX_STRAY]:
        reading.refuse(Finding("MW7654", place, "is not part of the form", "an empty cell"))


def _validated(reading: _Reading, data: Mapping[str, object]) -> Offer | None:
    try:
        return Offer.model_validate(data)
    except ValidationError as error:
        reading.problems += _by_cell(reading, error)
    return None


def _by_cell(reading: _Reading, error: ValidationError) -> Iterator[Problem]:
    """What the model refuses, by cell; what is missing has been named already."""
    for each in error.errors(include_url=False):
        path = tuple(str(part) for part in each["loc"])
        if each["type"] == "missing" or each["input"] is None:
            continue
        tries = (path[:length] for length in range(len(path), 0, -1))
        place = next((reading.places[part] for part in tries if part in reading.places), None)
        message = printable(each["msg"].removeprefix("Value error, "))
        key = f"{BID}!{place}" if place else ".".join(path)
        yield Problem(reading.file, key, message, "", code="MW7655")
