"""What was not measured, what could not take part, and what was refused, each with its reason."""

from collections.abc import Iterator

from millwright.report.blocks import (
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Row,
    RowGroup,
    Table,
    Text,
    table,
)
from millwright.report.section import Section, SectionContext


def build(page: SectionContext) -> Iterator[Block]:
    """Three tables, of which those without a line are left out."""
    content, word = page.content, page.word
    if content.missing:
        yield Table(
            "missing",
            word("missing.caption"),
            (
                Column(word("missing.where"), width=12),
                Column(word("missing.check"), width=16, is_brief=True),
                Column(word("missing.metric"), width=16),
                Column(word("missing.places"), width=14, is_brief=True),
                Column(word("missing.reason"), width=42),
            ),
            (
                RowGroup(
                    tuple(
                        Row(
                            (
                                Cell(Text(each.group)),
                                Cell(Text(each.check)),
                                Cell(Text(each.metric, is_code=True)),
                                Cell(Text(each.nodes)),
                                Cell(Text(each.reason)),
                            )
                        )
                        for each in content.missing
                    )
                ),
            ),
        )
    else:
        yield Paragraph(word("missing.none_of_asked" if content.left_out else "missing.none"))
    if content.unavailable:
        yield Heading(word("missing.unavailable"))
        yield table(
            "unavailable",
            word("missing.unavailable_caption"),
            (Column(word("missing.where"), width=26), Column(word("missing.reason"), width=74)),
            (Row((Cell(Text(each.what)), Cell(Text(each.reason)))) for each in content.unavailable),
        )
    if content.rejected:
        yield Heading(word("missing.rejected"))
        yield Paragraph(word("missing.rejected_intro"), "intro")
        yield table(
            "rejected",
            word("missing.rejected_caption"),
            (
                Column(word("missing.where"), width=12),
                Column(word("missing.check"), width=18, is_brief=True),
                Column(word("missing.places"), width=14, is_brief=True),
                Column(word("missing.reason"), width=46),
                Column(word("scorecard.evidence"), width=10, is_brief=True),
            ),
            (
                Row(
                    (
                        Cell(Text(each.group)),
                        Cell(Text(each.check), (each.case,)),
                        Cell(Text(each.node or word("document.none"))),
                        Cell(Text(each.reason)),
                        Cell(page.exhibits(each.evidence)),
                    )
                )
                for each in content.rejected
            ),
        )


SECTION = Section("missing", build)
