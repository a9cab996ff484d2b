"""``millwright tender form`` and ``tender read-form``: the bid form, out and back."""

import datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.tender.folder import TenderHead, head_of, tender_folder
from millwright.core.errors import BadInputError, Problem
from millwright.core.files import write_new
from millwright.tenders.form.layout import form_sha256
from millwright.tenders.form.read import FilledForm, read_form
from millwright.tenders.form.write import write_form
from millwright.tenders.load import OFFERS, SUFFIX, load_tender
from millwright.tenders.source import read_bytes
from millwright.tenders.text import printable


class BidForm(Document):
    """The form that was written."""

    format: Literal["millwright-tender-form/1"] = "millwright-tender-form/1"
    tender: TenderHead
    form_sha256: str
    """Of the questions that it asks."""
    file: str
    changed: bool
    """False if the same form was there already."""


class ReadForm(Document):
    """The offer that was made of a filled-in form."""

    format: Literal["millwright-tender-read-form/1"] = "millwright-tender-read-form/1"
    tender: TenderHead
    bidder: str
    title: str
    received: datetime.datetime
    form: str
    form_file_sha256: str
    """Of the workbook as it was handed in."""
    offer: str
    missing: tuple[str, ...]
    """Cells of values that are not stated."""
    changed: bool
    """False if the same offer was there already."""


def make_form(context: Context, named: str, output: Path) -> BidForm:
    """Write the bid form of a tender; raises :exc:`BadInputError` rather than replace another file."""
    del context
    tender, source = load_tender(tender_folder(named))
    changed = _write(output, write_form(tender))
    return BidForm(
        tender=head_of(tender, source.sha256),
        form_sha256=form_sha256(tender),
        file=str(output),
        changed=changed,
    )


def take_form(
    context: Context,
    named: str,
    form: Path,
    *,
    received: datetime.datetime | None = None,
    allow_missing: bool = False,
) -> ReadForm:
    """Make an offer of a filled-in form; raises :exc:`BadInputError` with every problem by cell."""
    folder = tender_folder(named)
    tender, source = load_tender(folder)
    at = received or context.now().replace(microsecond=0)
    if at.tzinfo is None:
        expected = "a time such as 2026-09-01T10:00:00+02:00"
        raise BadInputError(
            [Problem("--received", at.isoformat(), "has no time zone", expected, code="MW7657")]
        )
    found = read_form(form, tender, at, allow_missing=allow_missing)
    target = folder / OFFERS / f"{found.offer.bidder}{SUFFIX}"
    target.parent.mkdir(exist_ok=True)
    return ReadForm(
        tender=head_of(tender, source.sha256),
        bidder=found.offer.bidder,
        title=found.offer.title,
        received=at,
        form=str(form),
        form_file_sha256=found.sha256,
        offer=str(target),
        missing=found.missing,
        changed=_write(target, offer_text(found, form).encode()),
    )


def offer_text(found: FilledForm, form: Path) -> str:
    """An offer as YAML; its first line names the form that it was made of."""
    text: Any = yaml.safe_dump(found.data, allow_unicode=True, sort_keys=False, width=110)
    return f"# From {printable(form.name)}, SHA-256 {found.sha256}\n{text}"


def _write(file: Path, content: bytes) -> bool:
    """Create a file; whether it is new. The same content is left alone, and other content is an error."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_new(file, content)
    except FileExistsError:
        if read_bytes(file) != content:
            expected = "a new file, or the same content"
            problem = "exists with other content"
            raise BadInputError(
                [Problem(printable(str(file)), "-", problem, expected, code="MW7658")]
            ) from None
        return False
    return True
