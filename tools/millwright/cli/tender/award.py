"""``millwright tender award``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from millwright.app.tender.award import AwardRequest, TenderAward, award_tender
from millwright.cli.options import AsJson
from millwright.cli.output import context, print_json, print_lines
from millwright.cli.tender.check import head_line
from millwright.cli.tender.money import number, show
from millwright.cli.tender.options import TenderName


def command(  # noqa: PLR0913, PLR0917 - options of one command line
    tender: TenderName,
    bidder: Annotated[str, typer.Argument(help="The accepted offer.", show_default=False)],
    facility: Annotated[
        Path | None, typer.Option(help="Facility file to write to. [facility.yaml beside the tender]")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why an offer is accepted that is not first, or shares the first rank.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the commitments of the accepted offer into the facility, each with the offer's SHA-256.

    A commitment that the facility has already is never replaced by another one; comments stay.

    Example: millwright tender award lighthouse birch --dry-run
    """
    with context() as here:
        found = award_tender(here, AwardRequest(tender, bidder, facility, reason, is_trial=dry_run))
    if as_json:
        print_json(found)
    else:
        print_lines(_lines(found))


def _lines(found: TenderAward) -> Iterator[str]:
    yield head_line(found.tender)
    yield f"{found.bidder}: {found.title}, rank {found.rank}, {show(found.price)}"
    yield f"offer {found.offer_file}, SHA-256 {found.offer_sha256}"
    if found.reason:
        yield f"reason: {found.reason}"
    for each in found.commitments:
        lot = f", lot {each.lot}" if each.lot else ""
        yield f"  {each.effect}: {each.key}: {number(each.value)} {each.unit}{lot}"
    if found.not_committed:
        yield f"  measured by no check: {', '.join(found.not_committed)}"
    if found.dry_run:
        yield from found.diff.splitlines()
    done = "changed" if found.changed else "would be changed" if found.diff else "unchanged"
    yield f"{found.facility}: {done}"
    yield f"standstill up to {found.standstill_ends}, if the bidders are notified today"
