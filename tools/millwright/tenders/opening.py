"""The opening record: who opened what, when, with the hash of each sealed offer, in order."""

import datetime
import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.tenders.model import Number, Tender
from millwright.tenders.text import Text, printable, refuse_hidden

RECORD, SEALED = "opening.yaml", "received"
RECORD_SCHEMA = "docs/reference/tender.md"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SealedOffer(Frozen):
    """One file as it was received."""

    number: Annotated[int, Field(ge=1)]
    file: Text
    bytes: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Opening(Frozen):
    """``opening.yaml``."""

    format: Literal["millwright-tender-opening/1"] = "millwright-tender-opening/1"
    tender: Number
    tender_sha256: Sha256
    form_version: int
    deadline: AwareDatetime
    opened: AwareDatetime
    by: Text
    """Who opened the offers."""
    sealed: tuple[SealedOffer, ...]


def open_offers(tender: Tender, tender_sha256: str, sealed: Path, by: str, now: datetime.datetime) -> Opening:
    """The record of an opening; raises :exc:`BadInputError` before the deadline and for files that hide."""
    problems = []
    if now < tender.deadline:
        expected = f"after {tender.deadline.isoformat()}"
        problems.append(Problem("tender open", "deadline", "has not passed", expected, code="MW7660"))
    try:
        refuse_hidden(by)
    except ValueError as error:
        problems.append(Problem("--by", "-", str(error), "who opens the offers", code="MW7661"))
    found = sealed_offers(sealed, problems)
    if problems:
        raise BadInputError(problems)
    return Opening(
        tender=tender.tender,
        tender_sha256=tender_sha256,
        form_version=tender.form_version,
        deadline=tender.deadline,
        opened=now,
        by=by,
        sealed=found,
    )


def sealed_offers(folder: Path, problems: list[Problem]) -> tuple[SealedOffer, ...]:
    """Every file of a folder with its hash, by name; adds a problem for each that is none."""
    name = printable(str(folder))
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        problem = f"can't be read: {error.strerror}"
        problems.append(Problem(name, "-", problem, "a folder with what was received", code="MW7662"))
        return ()
    if not paths:
        problems.append(Problem(name, "-", "is empty", "what was received", code="MW7663"))
    odd = [path for path in paths if not stat.S_ISREG(path.lstat().st_mode) or not path.name.isprintable()]
    problems += [
        Problem(printable(str(path)), "-", "is no plain file", "files as received", code="MW7664")
        for path in odd
    ]
    plain = (path for path in paths if path not in odd)
    return tuple(_sealed(number, path) for number, path in enumerate(plain, start=1))


def _sealed(number: int, path: Path) -> SealedOffer:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return SealedOffer(number=number, file=path.name, bytes=file.tell(), sha256=digest)


def find_changes(record: Opening, sealed: tuple[SealedOffer, ...], folder: Path) -> Iterator[Problem]:
    """Every difference between what was opened and what is there now."""
    before = {each.file: each.sha256 for each in record.sealed}
    now = {each.file: each.sha256 for each in sealed}
    for file in sorted(before.keys() | now.keys()):
        where = printable(str(folder / file))
        if file not in now:
            yield Problem(where, "-", "is gone since the opening", before[file], code="MW7665")
        elif file not in before:
            yield Problem(where, "-", "was added after the opening", "no further file", code="MW7666")
        elif before[file] != now[file]:
            problem = f"was changed after the opening, SHA-256 {now[file]}"
            yield Problem(where, "-", problem, before[file], code="MW7667")
