"""``tender.yaml`` and ``offers/*.yaml`` of one folder, with every problem at once."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Finding
from millwright.tenders.consistency import find_in_tender
from millwright.tenders.model import Offer, Tender
from millwright.tenders.source import Source, read_source
from millwright.tenders.text import printable

TENDER, OFFERS = "tender.yaml", "offers"
SUFFIX = ".yaml"
TENDER_SCHEMA = "millwright tender schema tender"
OFFER_SCHEMA = "millwright tender schema offer"


@dataclass(frozen=True, slots=True)
class OfferFile:
    """An offer with the file it was read from."""

    offer: Offer
    file: str
    """Name of the file, below the folder of the offers."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A tender with all of its offers, by bidder."""

    tender: Tender
    tender_sha256: str
    offers: Mapping[str, OfferFile]


def load_tender(folder: Path) -> tuple[Tender, Source]:
    """Read a tender alone; raises :exc:`BadInputError` with every problem of it."""
    source = read_source(folder / TENDER)
    tender = source.validate(Tender, TENDER_SCHEMA)
    problems = source.problems(find_in_tender(tender))
    if problems:
        raise BadInputError(problems)
    return tender, source


def load_procedure(folder: Path) -> Procedure:
    """Read a tender and its offers; raises :exc:`BadInputError` with every problem of every file."""
    problems: list[Problem] = []
    tender: Tender | None = None
    sha256 = ""
    try:
        tender, source = load_tender(folder)
        sha256 = source.sha256
    except BadInputError as error:
        problems += error.problems
    offers: dict[str, OfferFile] = {}
    for path in _offer_paths(folder / OFFERS, problems):
        try:
            source = read_source(path)
            offer = source.validate(Offer, OFFER_SCHEMA)
        except BadInputError as error:
            problems += error.problems
            continue
        problems += source.problems(_find_in_name(path, offer, offers))
        offers[offer.bidder] = OfferFile(offer, path.name, source.sha256)
    if problems or tender is None:
        raise BadInputError(problems)
    return Procedure(tender, sha256, offers)


def _offer_paths(folder: Path, problems: list[Problem]) -> list[Path]:
    """Every file of an offer; anything else in the folder is refused, not left out in silence."""
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        problem = f"can't be read: {error.strerror}"
        expected = "a folder with offers"
        problems.append(Problem(printable(str(folder)), "-", problem, expected, code="MW7616"))
        return []
    others = [path for path in found if path.suffix != SUFFIX]
    expected = "files <bidder>.yaml; keep what was received in another folder"
    problems += [
        Problem(printable(str(path)), "-", "is no offer", expected, code="MW7617") for path in others
    ]
    return [path for path in found if path.suffix == SUFFIX]


def _find_in_name(path: Path, offer: Offer, known: Mapping[str, OfferFile]) -> Iterator[Finding]:
    if path.stem != offer.bidder:
        expected = f"{path.stem}, as the file is named"
        yield Finding("MW7603", "bidder", f"is {offer.bidder}", expected)
    if offer.bidder in known:
        other = known[offer.bidder].file
        yield Finding("MW7604", "bidder", f"has an offer in {other}", "one offer a bidder")
    for other_bidder, each in known.items():
        if other_bidder != offer.bidder and _folded(each.offer.title) == _folded(offer.title):
            yield Finding("MW7618", "title", f"is also that of {each.file}", "one offer a bidder")


def _folded(title: str) -> str:
    """A name in the form in which two that look alike are equal."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
