"""Energy, cost, reliability and simulations: what was computed from described inputs, with their sources."""

from collections.abc import Iterator

from millwright.report.blocks import (
    Absent,
    Block,
    Cell,
    Column,
    Heading,
    Number,
    Paragraph,
    Row,
    Table,
    Text,
    table,
)
from millwright.report.content import ReportContent
from millwright.report.figure_sets import FigureLine, FigureSet
from millwright.report.numbers import significant
from millwright.report.section import Section, SectionContext

ORDER = ("energy", "cost", "reliability", "capacity", "simulation", "other")


def has_figures(content: ReportContent) -> bool:
    """Whether any figures were computed."""
    return bool(content.figures)


def build(page: SectionContext) -> Iterator[Block]:
    """A table for each file, by topic."""
    yield Paragraph(page.word("figures.intro"), "intro")
    sets = sorted(page.content.figures, key=lambda each: ORDER.index(each.topic))
    topic = ""
    for number, each in enumerate(sets, start=1):
        if each.topic != topic:
            topic = each.topic
            yield Heading(page.word(f"figures.topics.{topic}"))
        date = each.date or page.word("document.not_stated")
        yield Paragraph(
            page.say(
                "figures.origin",
                title=each.title,
                source=each.source,
                kind=each.source_kind,
                date=date,
                file=each.file,
                sum=each.sha256,
            )
        )
        yield _table(page, number, each)


def _table(page: SectionContext, number: int, figures: FigureSet) -> Table:
    return table(
        f"{figures.kind} {number}",
        page.say("figures.caption", title=figures.title),
        (
            Column(page.word("figures.figure"), width=32),
            Column(page.word("machine.value"), "number", 20),
            Column(page.word("scorecard.unit"), width=14, is_brief=True),
            Column(page.word("figures.formula"), width=34),
        ),
        (
            Row(
                (
                    Cell(Text(line.name, is_code=True)),
                    _value(page, line),
                    Cell(Text(page.unit(line.unit))),
                    Cell(Text(line.source)),
                )
            )
            for line in figures.figures
        ),
    )


def _value(page: SectionContext, line: FigureLine) -> Cell:
    if line.value is None:
        return Cell(Absent(page.word("figures.does_not_exist")))
    if isinstance(line.value, bool):
        return Cell(Text(page.word("figures.yes" if line.value else "figures.no")))
    if isinstance(line.value, str):
        return Cell(Text(line.value))
    is_whole = line.value == round(line.value)
    return Cell(Number(line.value, None if is_whole else max(0, significant(line.value, 6))))


SECTION = Section("figures", build, has_figures)
