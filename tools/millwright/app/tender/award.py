"""``millwright tender award``: write the accepted offer's commitments into the facility."""

import datetime
import difflib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from millwright.adapters.ansible.inventory import find_facility_problems
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.tender.folder import Money, TenderHead, head_of, money_of, tender_folder
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError, Problem
from millwright.core.files import write_atomically
from millwright.core.suggestions import did_you_mean
from millwright.facility.load import load_by_rules
from millwright.facility.model import Facility
from millwright.tenders.admission import asked_of
from millwright.tenders.commit import Change, Written, changes_of, write_commitments
from millwright.tenders.compare import Comparison, compare
from millwright.tenders.load import OFFERS, OfferFile, Procedure, load_procedure
from millwright.tenders.source import read_bytes
from millwright.tenders.text import printable
from millwright.verdicts.expectations import find_commitment_problems

FACILITY = "facility.yaml"


class AwardedLine(Part):
    """One commitment of the accepted offer."""

    name: str
    """The value that the tender asks for."""
    key: str
    """Dotted path in the facility file."""
    value: float
    unit: str
    lot: str | None
    effect: str
    """``add``, or ``unchanged`` if the facility has it already."""


class TenderAward(Document):
    """What an award wrote, or would write, into the facility."""

    format: Literal["millwright-tender-award/1"] = "millwright-tender-award/1"
    tender: TenderHead
    bidder: str
    title: str
    price: Money
    offer_file: str
    offer_sha256: str
    rank: int
    reason: str | None
    """Of an award to an offer that is not first."""
    standstill_ends: datetime.date
    """No contract may be signed up to this day, if the bidders are notified on the day of the award."""
    facility: str
    commitments: tuple[AwardedLine, ...]
    not_committed: tuple[str, ...]
    """Values that the tender asks for without naming a check that measures them."""
    diff: str
    dry_run: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class AwardRequest:
    """What is awarded, and where it is written."""

    tender: str
    """Folder of the tender, or the facility beside it."""
    bidder: str
    facility: Path | None = None
    """Facility file; the one beside the tender if None."""
    reason: str | None = None
    """Why an offer is accepted that is not first, or shares the first rank."""
    is_trial: bool = False
    """Write nothing."""


def award_tender(context: Context, request: AwardRequest) -> TenderAward:
    """Write the accepted offer's commitments into the facility, or say what would be written.

    Raises :exc:`BadInputError` with every reason not to: then nothing was changed.
    """
    folder = tender_folder(request.tender)
    procedure = load_procedure(folder)
    found = compare(procedure)
    accepted = _accepted(folder, procedure, found, request)
    file = (request.facility or folder / FACILITY).resolve()
    load_by_rules(file, lambda _: ())  # problems that it has already are not those of the award
    raw = read_bytes(file)
    changes = changes_of(procedure.tender, accepted)
    written = write_commitments(raw.decode(), changes, str(file))
    is_changed = written.text.encode() != raw
    if is_changed:
        _check(file, written.text)
    if is_changed and not request.is_trial:
        _replace(file, raw, written.text)
    notified = context.now().date()
    return TenderAward(
        tender=head_of(procedure.tender, procedure.tender_sha256),
        bidder=accepted.offer.bidder,
        title=accepted.offer.title,
        price=_price(accepted),
        offer_file=accepted.file,
        offer_sha256=accepted.sha256,
        rank=_rank(found, accepted.offer.bidder),
        reason=request.reason,
        standstill_ends=notified + datetime.timedelta(days=procedure.tender.standstill_days),
        facility=str(file),
        commitments=_lines(changes, written),
        not_committed=tuple(name for name, each in asked_of(procedure.tender).items() if not each.commit),
        diff=_diff(raw.decode(), written.text, file),
        dry_run=request.is_trial,
        changed=is_changed and not request.is_trial,
    )


def _accepted(folder: Path, procedure: Procedure, found: Comparison, request: AwardRequest) -> OfferFile:
    """The offer, if it may be accepted."""
    bidder, reason = request.bidder, request.reason
    offers, name = procedure.offers, printable(bidder)
    if bidder not in offers:
        expected = f"one of {', '.join(offers) or 'the offers, of which there is none'}"
        where = str(folder / OFFERS)
        suggestion = did_you_mean(bidder, offers)
        raise BadInputError([Problem(where, name, "has no offer", f"{expected}{suggestion}", code="MW7630")])
    file = str(folder / OFFERS / offers[bidder].file)
    problems = [
        Problem(
            file,
            each.key,
            f"is rejected ({each.reason}): {each.detail}",
            "an admissible offer",
            code="MW7631",
        )
        for each in found.rejected.get(bidder, ())
    ]
    standing = found.standing
    if standing and bidder in standing.ranking.ranks:
        rank, winners = standing.ranking.ranks[bidder], ", ".join(standing.ranking.winners)
        if rank > 1 and not reason:
            expected = f"{winners}, or --reason TEXT"
            problems.append(Problem(file, "-", f"is ranked {rank}", expected, code="MW7632"))
        if rank == 1 and len(standing.ranking.winners) > 1 and not reason:
            expected = "--reason TEXT with the rule that decides a tie"
            problems.append(
                Problem(file, "-", f"shares the first rank with others: {winners}", expected, code="MW7633")
            )
    if found.abnormally_low.get(bidder, "-") is None:
        problems.append(
            Problem(
                file, "explanation", "the price is abnormally low", "the bidder's explanation", code="MW7634"
            )
        )
    if problems:
        raise BadInputError(problems)
    return offers[bidder]


def _check(file: Path, text: str) -> None:
    """Raise :exc:`BadInputError` unless the new text is a facility whose commitments can be measured."""

    def rules(facility: Facility) -> list[Problem]:
        return [
            *find_facility_problems(facility, file),
            *find_commitment_problems(facility, str(file), checks_for(file, ())),
        ]

    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / FACILITY
        trial.write_bytes(text.encode())
        try:
            load_by_rules(trial, rules)
        except BadInputError as error:
            raise BadInputError(replace(each, file=str(file)) for each in error.problems) from error


def _replace(file: Path, before: bytes, text: str) -> None:
    if file.read_bytes() != before:
        expected = "to be left alone while an offer is awarded; try again"
        raise BadInputError([Problem(str(file), "-", "was changed meanwhile", expected, code="MW7635")])
    write_atomically(file, text, mode=file.stat().st_mode & 0o7777)


def _price(accepted: OfferFile) -> Money:
    if accepted.offer.price is None:
        raise AssertionError("an offer without a price is not admissible")
    return money_of(accepted.offer.price)


def _rank(found: Comparison, bidder: str) -> int:
    if found.standing is None:
        raise AssertionError("an admissible offer has a rank")
    return found.standing.ranking.ranks[bidder]


def _lines(changes: tuple[Change, ...], written: Written) -> tuple[AwardedLine, ...]:
    return tuple(
        AwardedLine(
            name=change.name,
            key=".".join(change.key),
            value=float(change.commitment["value"]),
            unit=str(change.commitment["unit"]),
            lot=str(change.commitment["lot"]) if "lot" in change.commitment else None,
            effect=effect.value,
        )
        for change, effect in zip(changes, written.effects, strict=True)
    )


def _diff(before: str, after: str, file: Path) -> str:
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    return "".join(difflib.unified_diff(old, new, f"a/{file.name}", f"b/{file.name}"))
