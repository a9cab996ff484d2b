"""Bid forms filled in as a bidder would, from the offers of the worked tender."""

import io
import zipfile
from pathlib import Path

import openpyxl

import worked_tender as worked
from millwright.tenders.form.layout import BID, rows_of
from millwright.tenders.form.write import write_form
from millwright.tenders.load import load_tender


def tender_of(folder=worked.WORKED):
    return load_tender(folder)[0]


def cell_of(key, head="value"):
    """The cell of a value by its key."""
    (row,) = (row for row in rows_of(tender_of()) if row.key == key)
    return row.cell(head)


def filled(bidder="alder", folder=worked.WORKED):
    """A workbook with everything that an offer of the worked tender states."""
    tender, offer = tender_of(folder), worked.read(worked.WORKED / "offers" / f"{bidder}.yaml")
    book = openpyxl.load_workbook(io.BytesIO(write_form(tender)))
    sheet = book[BID]
    for row in rows_of(tender):
        found = offer
        for key in row.key.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if row.key.startswith("workloads.") and row.key.endswith(".kind"):
            found = "measured"
        if found is None:
            continue
        stated = found if isinstance(found, dict) else {"value": found}
        for head in ("value", *row.beside):
            default = "measured" if head == "kind" else None
            sheet[row.cell(head)].value = stated.get(head, default)
    return book


def saved(book, folder, name="bid.xlsx"):
    path = Path(folder) / name
    book.save(path)
    return path


def rebuilt(path, change=None, **more):
    """The file with members added, or with each member's content changed by ``change(name, content)``."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {name.replace("__", "/"): content for name, content in more.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, change(name, content) if change else content)
    return path
