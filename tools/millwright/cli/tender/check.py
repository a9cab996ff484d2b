"""``millwright tender check``."""

from collections.abc import Iterator

import typer

from millwright.app.tender.check import OfferLine, TenderCheck, check_tender
from millwright.app.tender.folder import TenderHead
from millwright.cli.options import AsJson
from millwright.cli.output import context, print_json, print_lines
from millwright.cli.tender.money import show
from millwright.cli.tender.options import TenderName


def command(tender: TenderName, as_json: AsJson = False) -> None:
    """Check the files of a tender and its offers, and list each reason to reject an offer.

    Exit code 1 if an offer is rejected.

    Example: millwright tender check lighthouse
    """
    with context() as here:
        found = check_tender(here, tender)
    if as_json:
        print_json(found)
    else:
        print_lines(_lines(found))
    raise typer.Exit(found.exit_code)


def head_line(tender: TenderHead) -> str:
    """A tender in one line."""
    synthetic = " (synthetic)" if tender.synthetic else ""
    return f"{tender.number}: {tender.title}{synthetic}, form version {tender.form_version}"


def rejection_lines(offer: OfferLine) -> Iterator[str]:
    """Each reason to reject an offer."""
    for each in offer.rejections:
        requirement = f"{each.requirement}: " if each.requirement else ""
        violation = "rule violation " if each.rule_violation else ""
        yield f"  {each.key}: {violation}{each.reason}: {requirement}{each.detail}"


def _lines(found: TenderCheck) -> Iterator[str]:
    yield head_line(found.tender)
    if not found.offers:
        yield "no offer; files are expected as offers/<bidder>.yaml"
    for each in found.offers:
        price = show(each.price) if each.price else "no price"
        word = "admissible" if each.admissible else "REJECTED"
        yield f"{each.bidder}: {word}, {each.title}, {price}, {each.file} SHA-256 {each.sha256}"
        yield from rejection_lines(each)
