"""``tender.yaml`` and ``offers/*.yaml`` of one folder, with every problem at once."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.core.model_problems import describe_errors
from millwright.economics.inputs import read_mapping
from millwright.tenders.award import Formula
from millwright.tenders.model import Offer, Tender

M = TypeVar("M", bound=BaseModel)

TENDER, OFFERS = "tender.yaml", "offers"
CODES = {"extra_forbidden": "MW7600", "missing": "MW7601"}


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


def load_procedure(folder: Path) -> Procedure:
    """Read a tender and its offers; raises :exc:`BadInputError` with every problem of every file."""
    problems: list[Problem] = []
    tender = _read(folder / TENDER, Tender, problems)
    files = sorted((folder / OFFERS).glob("*.yaml"))
    offers: dict[str, OfferFile] = {}
    for path in files:
        offer = _read(path, Offer, problems)
        if offer is None:
            continue
        problems += _find_in_name(path, offer, offers)
        offers[offer.bidder] = OfferFile(offer, path.name, sha256_of(path))
    if tender is not None:
        problems += _find_in_tender(str(folder / TENDER), tender)
    if problems or tender is None:
        raise BadInputError(problems)
    return Procedure(tender, sha256_of(folder / TENDER), offers)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path, kind: type[M], problems: list[Problem]) -> M | None:
    try:
        return kind.model_validate(read_mapping(path))
    except ValidationError as error:
        command = "docs/reference/api.md"
        schema = kind.model_json_schema(by_alias=True)
        problems += describe_errors(
            error, str(path), schema, codes=CODES, other="MW7602", schema_command=command
        )
    except BadInputError as error:
        problems += error.problems
    return None


def _find_in_name(path: Path, offer: Offer, known: Mapping[str, OfferFile]) -> Iterator[Problem]:
    if path.stem != offer.bidder:
        expected = f"{path.stem}, as the file is named"
        yield Problem(str(path), "bidder", f"is {offer.bidder}", expected, code="MW7603")
    if offer.bidder in known:
        other = known[offer.bidder].file
        yield Problem(str(path), "bidder", f"has an offer in {other}", "one offer a bidder", code="MW7604")


def _find_in_tender(file: str, tender: Tender) -> Iterator[Problem]:
    award = tender.award
    if award.formula.has_price_points and award.quality_weight + award.price_weight != 1:
        total = award.quality_weight + award.price_weight
        yield Problem(file, "award.weights", f"add up to {total}", "1", code="MW7566")
    if award.formula is Formula.LINEAR_TO_CEILING and (
        award.ceiling_eur is None or award.ceiling_eur <= award.floor_eur
    ):
        yield Problem(file, "award.ceiling_eur", "no ceiling above the floor", "both", code="MW7567")
    if award.formula is Formula.QUALITY_IN_EURO and award.euro_per_point is None:
        yield Problem(file, "award.euro_per_point", "is missing or 0", "more than 0", code="MW7568")
    for name in sorted(set(tender.benchmarks) & set(tender.mandatory)):
        yield Problem(file, f"mandatory.{name}", "is a benchmark as well", "another name", code="MW7605")
    for kind in ("amendments", "answers"):
        numbers = [notice.number for notice in getattr(tender, kind)]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Problem(file, kind, f"are numbered {numbers}", "1, 2, 3 …", code="MW7606")
