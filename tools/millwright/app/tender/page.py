"""A comparison as a page of HTML."""

from collections.abc import Iterator
from pathlib import Path

from millwright.app.tender.comparison import TenderComparison
from millwright.app.tender.workbook import comparison_tables
from millwright.report.tender_page import Note, PageTable, TenderPage, render_tender


def comparison_page(found: TenderComparison, reports: Path) -> str:
    """The page, with templates and styles in ``reports``; the same comparison gives the same bytes."""
    tender = found.tender
    return render_tender(
        TenderPage(
            title=tender.title,
            facts=(
                ("Tender", tender.number),
                ("Law", tender.law),
                ("Deadline", tender.deadline.isoformat()),
                ("Form version", str(tender.form_version)),
                ("First", ", ".join(found.winners) or "no admissible offer"),
            ),
            notes=tuple(_notes(found)),
            tables=tuple(PageTable(each.title, each.heads, each.rows) for each in comparison_tables(found)),
            footer=f"{tender.number}, tender.yaml SHA-256 {tender.sha256}",
        ),
        reports,
    )


def _notes(found: TenderComparison) -> Iterator[Note]:
    if found.tender.synthetic:
        yield Note("Synthetic: an invented example. No such bidder, machine or price exists.", is_alarm=True)
    if found.redacted_for:
        yield Note(f"For {found.redacted_for}; offers that are not shown: {found.withheld}.", is_alarm=False)
    if not found.winners:
        yield Note("No offer is admissible.", is_alarm=True)
    for each in found.offers:
        if not each.admissible:
            yield Note(
                f"{each.bidder} is rejected before scoring: {len(each.rejections)} reasons.", is_alarm=False
            )
    if found.depends_on_losers:
        text = "Rank reversal: the order of two offers depends on one that does not win."
        yield Note(text, is_alarm=True)
    for index in found.indexes:
        if index.below_one:
            text = f"{index.bidder} is worse than the reference in {index.smallest}."
            yield Note(text, is_alarm=True)
    for low in found.abnormally_low:
        explained = f"explained: {low.explanation}" if low.explanation else "not explained"
        yield Note(f"{low.bidder} is abnormally low; {explained}", is_alarm=low.explanation is None)
    if found.order_by_delivered and found.order_by_index != found.order_by_delivered:
        yield Note("Index and delivered work order the offers differently.", is_alarm=False)
