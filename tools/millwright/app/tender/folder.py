"""Which folder a command means by the name of a tender, and what every document says of it."""

import datetime
from pathlib import Path

from millwright.app.document import Part
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import known_facilities
from millwright.core.suggestions import did_you_mean
from millwright.tenders.load import TENDER
from millwright.tenders.model import Price, Tender
from millwright.tenders.text import printable


class TenderHead(Part):
    """What identifies a tender."""

    number: str
    title: str
    synthetic: bool
    """Invented for an example."""
    law: str
    published: datetime.date
    deadline: datetime.datetime
    form_version: int
    sha256: str
    """Of ``tender.yaml``."""


class Money(Part):
    """An amount without value-added tax."""

    amount: float
    currency: str
    date: datetime.date | None
    """The price date; null for an amount that was computed from several."""


def tender_folder(named: str) -> Path:
    """The folder of a tender: named by itself, by its ``tender.yaml`` or by the facility beside it.

    Raises :exc:`BadInputError` if there is none.
    """
    path = Path(named)
    if path.name == TENDER and path.is_file():
        return path.parent
    if (path / TENDER).is_file():
        return path
    known = {
        name: file.parent for name, file in known_facilities().items() if (file.parent / TENDER).is_file()
    }
    if named in known:
        return known[named]
    names = f"one of {', '.join(sorted(known))}, or " if known else ""
    expected = f"{names}a folder with {TENDER}{did_you_mean(named, known)}"
    raise BadInputError([Problem(printable(named), "-", "no such tender", expected, code="MW7611")])


def head_of(tender: Tender, sha256: str) -> TenderHead:
    """What identifies a tender."""
    return TenderHead(
        number=tender.tender,
        title=tender.title,
        synthetic=tender.synthetic,
        law=tender.law,
        published=tender.published,
        deadline=tender.deadline,
        form_version=tender.form_version,
        sha256=sha256,
    )


def money_of(price: Price) -> Money:
    """A price with its date."""
    return Money(amount=float(price.value), currency=price.unit, date=price.date)
