"""The scorecard: one line for each expected value, with its sources and rules as numbered notes."""

import itertools
from collections.abc import Iterator

from millwright.report.blocks import (
    DASH,
    Absent,
    Block,
    Cell,
    Column,
    Heading,
    Judged,
    Notes,
    Number,
    NumberedNote,
    Pair,
    Paragraph,
    References,
    RowGroup,
    Share,
    Table,
    Tag,
    Text,
)
from millwright.report.blocks import Row as Line
from millwright.report.judged import Group, Reference, Row
from millwright.report.numbers import decimals, write_exact, write_share
from millwright.report.section import Section, SectionContext

RELATION = {"higher": "≥ ", "lower": "≤ "}


class _NoteList:
    """Texts that several lines share, numbered in the order in which they are first cited."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.numbers: dict[str, int] = {}

    def cite(self, text: str) -> tuple[str, str]:
        """Label and anchor of a text."""
        number = self.numbers.setdefault(text, len(self.numbers) + 1)
        return f"{self.letter}{number}", self._anchor(number)

    def notes(self) -> tuple[NumberedNote, ...]:
        return tuple(
            NumberedNote(f"{self.letter}{number}", self._anchor(number), text)
            for text, number in self.numbers.items()
        )

    def _anchor(self, number: int) -> str:
        return f"note-{self.letter.lower()}{number}"


def build(page: SectionContext) -> Iterator[Block]:
    """A table for each partition and antenna, then the notes that its lines refer to."""
    sources, rules = _NoteList("S"), _NoteList("R")
    yield Paragraph(page.word("scorecard.intro"), "intro")
    for number, group in enumerate(page.content.groups, start=1):
        kind = page.word(f"document.{group.kind}")
        yield Heading(f"{kind} {group.name}", (page.emulated(),) if group.emulated else ())
        if intro := _intro(page, group):
            yield Paragraph(intro, "intro")
        if not group.rows:
            not_asked = group.name in {each.group for each in page.content.left_out}
            yield Paragraph(page.word("scorecard.not_asked" if not_asked else "scorecard.nothing"))
            continue
        yield Table(
            name=f"scorecard {number} {group.name}",
            caption=page.say("scorecard.caption", kind=kind, name=group.name),
            columns=_columns(page),
            groups=tuple(
                RowGroup(tuple(_line(page, group, row, sources, rules) for row in rows), check)
                for check, rows in itertools.groupby(group.rows, key=lambda row: row.variant)
            ),
            hide_caption=True,
            style="scorecard",
        )
    for title, listed in (("scorecard.sources", sources), ("scorecard.rules", rules)):
        if listed.numbers:
            yield Notes(title.partition(".")[2], page.word(title), listed.notes())


def _intro(page: SectionContext, group: Group) -> str:
    nodes = page.say(f"scorecard.nodes_caption.{group.kind}", nodes=group.nodes) if group.nodes else ""
    return "; ".join(filter(None, (group.title, nodes)))


def _columns(page: SectionContext) -> tuple[Column, ...]:
    word = page.word
    low, high = word("scorecard.low"), word("scorecard.high")
    return (
        Column(word("scorecard.metric"), width=15.5),
        Column(word("scorecard.verdict"), width=12.5),
        Column(word("scorecard.median"), "number", 7.5),
        Column(word("scorecard.interval"), "pair", 10.5, (low, high)),
        Column(word("scorecard.unit"), width=7.5, is_brief=True),
        Column(word("scorecard.n"), "number", 3),
        Column(word("scorecard.nodes"), "pair", 6, (word("scorecard.measured"), word("scorecard.expected"))),
        Column(word("scorecard.limit"), "number", 8),
        Column(word("scorecard.margin"), "number", 7),
        Column(word("scorecard.deviation"), "number", 9),
        Column(word("scorecard.basis"), width=6, is_brief=True),
        Column(word("scorecard.evidence"), width=7.5, is_brief=True),
        Column(word("scorecard.check"), only_data=True),
        Column(word("scorecard.metric_name"), only_data=True),
        Column(word("scorecard.class"), only_data=True),
        Column(word("scorecard.better"), only_data=True),
        Column(word("scorecard.judged"), only_data=True),
        Column(word("scorecard.judged_value"), "number", only_data=True),
        Column(word("scorecard.committed"), "number", only_data=True),
        Column(word("scorecard.tolerance"), "number", only_data=True),
        Column(word("front.lot"), only_data=True),
        Column(word("front.clause"), only_data=True),
        Column(word("scorecard.source"), only_data=True),
        Column(word("scorecard.rule_name"), only_data=True),
        Column(word("scorecard.reason"), only_data=True),
        Column(word("scorecard.to_swap"), only_data=True),
    )


def _line(page: SectionContext, group: Group, row: Row, sources: _NoteList, rules: _NoteList) -> Line:
    reference = row.reference
    source = _source(page, reference) if reference else ""
    cited = tuple(notes.cite(text) for notes, text in ((sources, source), (rules, _rule(page, row))) if text)
    cells = (
        Cell(
            Text(row.says),
            (f"{row.metric}, {page.word(f'scorecard.{row.better}')}",),
            f"{page.anchor(group, row)}-plot" if row.series else "",
            _tags(page, row),
        ),
        Cell(Judged(row.verdict), (page.word("document.scored" if row.scored else "document.informative"),)),
        *_measured(page, row),
        Cell(Text(page.unit(row.unit))),
        Cell(Number(row.estimate.n if row.estimate else 0)),
        Cell(Pair(row.nodes_measured, row.nodes_expected, "of")),
        *_limits(page, row),
        Cell(References(cited) if cited else Absent(DASH)),
        Cell(page.exhibits(row.evidence)),
    )
    return Line((*cells, *_data(page, row, source)), _remarks(page, row), page.anchor(group, row))


def _tags(page: SectionContext, row: Row) -> tuple[Tag, ...]:
    tags = (page.emulated(),) if row.emulated else ()
    if row.foreign:
        help_text = page.say("document.foreign_help", suite=row.foreign)
        tags = (*tags, Tag(page.word("document.foreign"), "foreign", help_text, "foreign"))
    return tags


def _measured(page: SectionContext, row: Row) -> tuple[Cell, Cell]:
    estimate = row.estimate
    if estimate is None:
        return Cell(Absent(DASH)), Cell(Absent(DASH))
    places = decimals(estimate, row.reference.limit if row.reference else None)
    small = []
    if row.statistic != "median" and row.value is not None:
        value = page.measured(row, estimate, row.value)
        small.append(page.say("scorecard.statistic", statistic=row.statistic, value=page.number(value)))
    if row.nodes_measured > 1:
        small.append(page.say("scorecard.worst_of", node=row.deciding_node))
    interval = Cell(Absent(page.word("document.no_interval")))
    if estimate.low is not None and estimate.high is not None:
        interval = Cell(Pair(estimate.low, estimate.high, "to", places))
    return Cell(Number(estimate.median, places), tuple(small), is_strong=True), interval


def _limits(page: SectionContext, row: Row) -> tuple[Cell, Cell, Cell]:
    reference, dash = row.reference, Cell(Absent(DASH))
    if reference is None:
        return Cell(Absent(page.word("scorecard.no_reference"))), dash, dash
    key = f"scorecard.reference.{row.better if reference.tolerance else 'exact'}"
    said = page.say(key, value=write_exact(reference.value), tolerance=write_share(reference.tolerance))
    return (
        Cell(Number(reference.limit, prefix=RELATION[row.better]), (said,)),
        dash if row.margin is None else Cell(Share(row.margin, signed=True)),
        dash if row.deviation is None else Cell(Share(row.deviation, signed=True)),
    )


def _source(page: SectionContext, reference: Reference) -> str:
    kind = page.words["scorecard"]["kinds"].get(reference.kind, reference.kind)
    line = page.say("scorecard.source_line", kind=kind, date=reference.date)
    return f"{reference.source} ({line})"


def _rule(page: SectionContext, row: Row) -> str:
    where = ", ".join(filter(None, (row.lot and page.say("scorecard.of_lot", lot=row.lot), row.clause)))
    return "; ".join(filter(None, (row.rule, where)))


def _data(page: SectionContext, row: Row, source: str) -> tuple[Cell, ...]:
    """What pages state in other cells, in notes or below the line."""
    reference = row.reference
    nothing = Cell(Absent(""))
    return (
        Cell(Text(row.variant)),
        Cell(Text(row.metric)),
        Cell(Text(page.word("document.scored" if row.scored else "document.informative"))),
        Cell(Text(page.word(f"scorecard.{row.better}"))),
        Cell(Text(row.statistic)),
        Cell(Number(row.value)) if row.value is not None else nothing,
        Cell(Number(reference.value)) if reference else nothing,
        Cell(Share(reference.tolerance)) if reference else nothing,
        Cell(Text(row.lot)),
        Cell(Text(row.clause)),
        Cell(Text(source)),
        Cell(Text(row.rule)),
        Cell(Text(row.reason)),
        Cell(Text(row.nodes_to_swap)),
    )


def _remarks(page: SectionContext, row: Row) -> tuple[str, ...]:
    remarks = []
    if row.reason and row.verdict not in {"PASS", None}:
        shares = "; ".join(
            page.say(
                "scorecard.share",
                count=share.count,
                verdict=page.word(f"verdicts.{share.verdict or 'NONE'}.name"),
                nodes=share.nodes,
            )
            for share in row.shares
        )
        remarks.append(f"{row.reason} ({shares})" if len(row.shares) > 1 else row.reason)
    remarks += [page.say("scorecard.doubt", nodes=doubt.nodes, reason=doubt.reason) for doubt in row.doubts]
    return tuple(remarks)


SECTION = Section("scorecard", build)
