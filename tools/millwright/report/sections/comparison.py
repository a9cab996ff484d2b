"""The run against others of the facility."""

from collections.abc import Iterator

from millwright.report.blocks import (
    DASH,
    Absent,
    Block,
    Cell,
    Column,
    Heading,
    Number,
    Paragraph,
    Row,
    Share,
    Text,
    table,
)
from millwright.report.comparison import ComparedValue
from millwright.report.content import ReportContent
from millwright.report.numbers import significant
from millwright.report.section import Section, SectionContext
from millwright.report.wording import moment


def has_comparisons(content: ReportContent) -> bool:
    """Whether the run is compared with any other."""
    return bool(content.comparisons)


def build(page: SectionContext) -> Iterator[Block]:
    """A table for each other run, then what only one of both measured."""
    yield Paragraph(page.word("comparison.intro"), "intro")
    for number, each in enumerate(page.content.comparisons, start=1):
        yield Heading(page.say("comparison.with", run=each.run_id))
        origin = page.say("comparison.origin", finished=moment(each.finished), sum=each.manifest_sha256)
        yield Paragraph(origin, "intro")
        yield table(
            f"comparison {number}",
            page.say("comparison.caption", run=each.run_id),
            _columns(page),
            (_line(page, value) for value in each.values),
        )
        for key, names in (("only_here", each.only_here), ("only_there", each.only_there)):
            if names:
                yield Paragraph(page.say(f"comparison.{key}", values="; ".join(names)), "note")


def _columns(page: SectionContext) -> tuple[Column, ...]:
    word = page.word
    return (
        Column(word("scorecard.metric"), width=24),
        Column(word("front.place"), width=12, is_brief=True),
        Column(word("comparison.before"), "number", 11),
        Column(word("comparison.after"), "number", 11),
        Column(word("scorecard.unit"), width=9, is_brief=True),
        Column(word("comparison.change"), "number", 10),
        Column(word("comparison.places"), "number", 7),
        Column(word("comparison.result"), width=16),
    )


def _line(page: SectionContext, value: ComparedValue) -> Row:
    small = []
    if value.worsened:
        small.append(page.say("comparison.worse_on", nodes=value.worsened))
    if value.improved:
        small.append(page.say("comparison.better_on", nodes=value.improved))
    return Row(
        (
            Cell(Text(value.says), (f"{value.variant} {value.metric}",)),
            Cell(Text(value.group)),
            Cell(Number(value.before, significant(value.before))),
            Cell(Number(value.after, significant(value.after)), is_strong=True),
            Cell(Text(page.unit(value.unit))),
            Cell(Absent(DASH) if value.change is None else Share(value.change, signed=True)),
            Cell(Number(value.places)),
            Cell(Text(page.word(f"comparison.results.{value.result.replace(' ', '_')}")), tuple(small)),
        )
    )


SECTION = Section("comparison", build, has_comparisons)
