"""``millwright tender check``: are tender and offers complete, and which offers may be scored."""

import datetime
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.tender.folder import Money, TenderHead, head_of, money_of, tender_folder
from millwright.core.errors import ExitCode
from millwright.tenders.admission import Rejection, admit
from millwright.tenders.claims import Violation
from millwright.tenders.load import OfferFile, Procedure, load_procedure
from millwright.tenders.model import Tender


class RejectionLine(Part):
    """One reason to reject an offer."""

    key: str
    """Dotted path in the offer."""
    requirement: str | None
    """Title or clause of what the tender asks there; null for a formality."""
    reason: str
    rule_violation: bool
    """A claim that breaks a rule of measuring: sparse for dense, emulated, extrapolated and the like."""
    detail: str


class OfferLine(Part):
    """One offer, and whether it may be scored."""

    bidder: str
    title: str
    file: str
    sha256: str
    received: datetime.datetime
    price: Money | None
    nodes: int
    admissible: bool
    rejections: tuple[RejectionLine, ...]


class TenderCheck(Document):
    """Which offers may be scored."""

    format: Literal["millwright-tender-check/1"] = "millwright-tender-check/1"
    tender: TenderHead
    offers: tuple[OfferLine, ...]

    @property
    def exit_code(self) -> ExitCode:
        """1 if an offer is rejected or there is none."""
        is_good = bool(self.offers) and all(each.admissible for each in self.offers)
        return ExitCode.OK if is_good else ExitCode.FAIL


def check_tender(context: Context, named: str) -> TenderCheck:
    """Read a tender with its offers; raises :exc:`BadInputError` with every problem of all files."""
    del context
    procedure = load_procedure(tender_folder(named))
    head = head_of(procedure.tender, procedure.tender_sha256)
    return TenderCheck(tender=head, offers=offer_lines(procedure))


def offer_lines(procedure: Procedure) -> tuple[OfferLine, ...]:
    """Every offer with each reason to reject it."""
    found = admit(procedure)
    return tuple(
        _offer_line(procedure.tender, each, found[bidder]) for bidder, each in procedure.offers.items()
    )


def _offer_line(tender: Tender, file: OfferFile, found: tuple[Rejection, ...]) -> OfferLine:
    offer = file.offer
    return OfferLine(
        bidder=offer.bidder,
        title=offer.title,
        file=file.file,
        sha256=file.sha256,
        received=offer.received,
        price=money_of(offer.price) if offer.price else None,
        nodes=offer.nodes,
        admissible=not found,
        rejections=tuple(_rejection_line(tender, each) for each in found),
    )


def _rejection_line(tender: Tender, found: Rejection) -> RejectionLine:
    section, _, name = found.key.partition(".")
    asked = tender.mandatory.get(name) or tender.benchmarks.get(name) or tender.workloads.get(name)
    requirement = f"{asked.title or name} ({asked.source})" if section != found.key and asked else None
    return RejectionLine(
        key=found.key,
        requirement=requirement,
        reason=found.reason,
        rule_violation=found.reason in set(Violation),
        detail=found.detail,
    )
