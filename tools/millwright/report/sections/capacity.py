"""What the measured nodes add up to, and what enters no sum."""

from collections.abc import Iterator

from millwright.report.blocks import (
    DASH,
    Absent,
    Block,
    Cell,
    Column,
    Heading,
    Number,
    Pair,
    Paragraph,
    Row,
    RowGroup,
    Share,
    Table,
    Tag,
    Text,
    table,
)
from millwright.report.content import CapacityRow
from millwright.report.judged import Estimate
from millwright.report.numbers import decimals, write_exact
from millwright.report.section import Section, SectionContext


def build(page: SectionContext) -> Iterator[Block]:
    """A line for each quantity, then everything that was left out, with the reason."""
    content = page.content
    yield Paragraph(f"{page.word('capacity.intro')} {page.word('capacity.emulated_rule')}", "intro")
    if content.kind == "virtual":
        yield Paragraph(page.word("document.virtual_note"), "note")
    if content.capacity:
        yield Table(
            "sums",
            page.word("capacity.caption"),
            (
                Column(page.word("capacity.quantity"), width=14),
                Column(page.word("document.partition"), width=9, is_brief=True),
                Column(page.word("capacity.sum"), "number", 9),
                Column(
                    page.word("scorecard.interval"),
                    "pair",
                    12.5,
                    (page.word("scorecard.low"), page.word("scorecard.high")),
                ),
                Column(page.word("scorecard.unit"), width=8, is_brief=True),
                Column(
                    page.word("capacity.places"),
                    "pair",
                    9,
                    (page.word("scorecard.measured"), page.word("scorecard.existing")),
                ),
                Column(page.word("capacity.peak"), "number", 16.5),
                Column(page.word("capacity.basis"), width=14),
                Column(page.word("scorecard.evidence"), width=8, is_brief=True),
                Column(page.word("capacity.peak_source"), only_data=True),
            ),
            (RowGroup(tuple(_line(page, row) for row in content.capacity)),),
        )
    else:
        yield Paragraph(page.word("capacity.none"))
    if content.excluded:
        yield Heading(page.word("capacity.excluded"))
        yield table(
            "left out",
            page.word("capacity.excluded_caption"),
            (
                Column(page.word("document.partition"), width=12),
                Column(page.word("capacity.what"), width=25),
                Column(page.word("capacity.places_left_out"), width=20),
                Column(page.word("capacity.reason"), width=43),
            ),
            (
                Row(tuple(Cell(Text(text)) for text in (each.group, each.what, each.nodes, each.reason)))
                for each in content.excluded
            ),
        )


def sum_places(row: CapacityRow) -> int:
    """Decimals of a sum, from the width of its interval."""
    low, high = (row.total if end is None else end for end in (row.low, row.high))
    return decimals(Estimate(1, row.total, low, high, low, high, 0.0))


def _line(page: SectionContext, row: CapacityRow) -> Row:
    places = sum_places(row)
    interval = Cell(Absent(DASH))
    if row.low is not None and row.high is not None:
        interval = Cell(Pair(row.low, row.high, "to", places))
    peak = Cell(Absent(page.word("capacity.unknown_peak")), (row.peak_source,))
    if row.peak_share is not None and row.peak is not None:
        of = page.say("capacity.peak_each", count=row.devices_measured, peak=write_exact(row.peak))
        peak = Cell(Share(row.peak_share), (of, row.peak_source))
    return Row(
        (
            Cell(Text(row.quantity), tags=virtual_tags(page)),
            Cell(Text(row.group)),
            Cell(Number(row.total, places), is_strong=True),
            interval,
            Cell(Text(page.unit(row.unit))),
            Cell(Pair(row.nodes_measured, row.nodes_existing, "of")),
            peak,
            Cell(Text(f"{row.check} {row.metric}", is_code=True)),
            Cell(page.exhibits(row.evidence)),
            Cell(Text(row.peak_source)),
        )
    )


def virtual_tags(page: SectionContext) -> tuple[Tag, ...]:
    """The mark of figures that are no capacity of hardware."""
    return (Tag(page.word("capacity.virtual")),) if page.content.kind == "virtual" else ()


SECTION = Section("capacity", build, tags=virtual_tags)
