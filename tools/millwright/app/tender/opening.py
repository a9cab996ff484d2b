"""``millwright tender open``: the record of the opening, and whether it still holds."""

import datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.tender.folder import TenderHead, head_of, tender_folder
from millwright.core.errors import BadInputError, NotTrustedError, Problem
from millwright.core.files import write_new
from millwright.tenders.load import load_tender
from millwright.tenders.opening import (
    RECORD,
    RECORD_SCHEMA,
    SEALED,
    Opening,
    find_changes,
    open_offers,
    sealed_offers,
)
from millwright.tenders.source import read_source


class SealedLine(Part):
    """One file as it was received."""

    number: int
    file: str
    bytes: int
    sha256: str


class TenderOpening(Document):
    """Who opened what, and when."""

    format: Literal["millwright-tender-open/1"] = "millwright-tender-open/1"
    tender: TenderHead
    opened: datetime.datetime
    by: str
    sealed: tuple[SealedLine, ...]
    record: str
    """The file that holds this."""
    changed: bool
    """False if the offers were opened before, and are what they were."""


def open_tender(context: Context, named: str, by: str, sealed: Path | None = None) -> TenderOpening:
    """Record the opening, or hold what is there against the record.

    Raises :exc:`BadInputError` before the deadline, and :exc:`NotTrustedError` with every file that was
    added, changed or removed since the opening.
    """
    folder = tender_folder(named)
    tender, source = load_tender(folder)
    files, record = sealed or folder / SEALED, folder / RECORD
    is_new = not record.exists()
    if is_new:
        opening = open_offers(tender, source.sha256, files, by, context.now().replace(microsecond=0))
        write_new(record, _text(opening))
    else:
        opening = read_source(record).validate(Opening, RECORD_SCHEMA)
        _hold(opening, files)
    return TenderOpening(
        tender=head_of(tender, source.sha256),
        opened=opening.opened,
        by=opening.by,
        sealed=tuple(SealedLine(**each.model_dump()) for each in opening.sealed),
        record=str(record),
        changed=is_new,
    )


def _hold(opening: Opening, files: Path) -> None:
    problems: list[Problem] = []
    found = sealed_offers(files, problems)
    if problems:
        raise BadInputError(problems)
    changes = list(find_changes(opening, found, files))
    if changes:
        raise NotTrustedError(changes)


def _text(opening: Opening) -> str:
    data = opening.model_dump(mode="json")
    text: Any = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return f"# Record of the opening; written once by millwright tender open.\n{text}"
