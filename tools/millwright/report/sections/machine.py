"""The machine that was tested, partition by partition, with what is not stated named as such."""

from collections.abc import Iterator

from millwright.report.blocks import (
    Absent,
    Block,
    Cell,
    Column,
    Heading,
    Paragraph,
    Row,
    RowGroup,
    Table,
    Text,
)
from millwright.report.content import ReportContent
from millwright.report.machine import Machine, MachineFact
from millwright.report.section import Section, SectionContext


def has_machines(content: ReportContent) -> bool:
    """Whether any partition is described."""
    return bool(content.machines)


def build(page: SectionContext) -> Iterator[Block]:
    """Two tables a partition: the fields of MLPerf, and everything that the nodes recorded by topic."""
    yield Paragraph(page.word("machine.intro"), "intro")
    for number, machine in enumerate(page.content.machines, start=1):
        yield Heading(f"{page.word('document.partition')} {machine.group}")
        heard = page.say("machine.heard", heard=machine.nodes_heard, existing=machine.nodes_existing)
        yield Paragraph(heard, "intro")
        if varied := _differing(machine):
            yield Paragraph(page.count("machine.differ", len(varied), names=", ".join(varied)), "note")
        yield from _tables(page, number, machine)


def _differing(machine: Machine) -> list[str]:
    return [fact.name for fact in machine.facts if fact.topic != "mlperf" and _differs(fact)]


def _differs(fact: MachineFact) -> bool:
    """Whether nodes gave different values; a fact of the build or the jobs may have several by itself."""
    return (
        fact.origin == "recorded" and len(fact.values) > 1 and len({each.nodes for each in fact.values}) > 1
    )


def _tables(page: SectionContext, number: int, machine: Machine) -> Iterator[Block]:
    columns = (
        Column(page.word("machine.field"), width=28),
        Column(page.word("machine.value"), width=46),
        Column(page.word("machine.origin"), width=26),
    )
    described = [f for f in machine.facts if f.topic == "mlperf" and f.origin != "not stated"]
    yield Table(
        name=f"machine {number} {machine.group}",
        caption=page.say("machine.caption", group=machine.group),
        columns=columns,
        groups=(RowGroup(tuple(_line(page, fact, machine) for fact in described)),),
    )
    fields = page.words["machine"]["fields"]
    absent = [str(fields.get(f.name, f.name)) for f in machine.facts if f.origin == "not stated"]
    if absent:
        yield Paragraph(page.say("machine.not_stated", fields=", ".join(absent)), "note")
    topics = dict.fromkeys(fact.topic for fact in machine.facts if fact.topic != "mlperf")
    if topics:
        yield Table(
            name=f"recorded {number} {machine.group}",
            caption=page.say("machine.recorded_caption", group=machine.group),
            columns=columns,
            groups=tuple(
                RowGroup(
                    tuple(_line(page, fact, machine) for fact in machine.facts if fact.topic == topic),
                    page.word(f"machine.topics.{topic}"),
                )
                for topic in topics
            ),
        )


def _line(page: SectionContext, fact: MachineFact, machine: Machine) -> Row:
    fields = page.words["machine"]["fields"]
    name = (
        Cell(Text(str(fields[fact.name])), (fact.name,))
        if fact.name in fields
        else Cell(Text(fact.name, True))
    )
    origin = page.word(f"machine.origins.{fact.origin.replace(' ', '_')}")
    if fact.origin == "not readable":
        reasons = "; ".join(each.value for each in fact.values)
        return Row((name, Cell(Absent(origin)), Cell(Text(reasons))))
    first, *others = fact.values
    small = [page.say("machine.other", value=each.value, nodes=each.nodes or each.count) for each in others]
    if fact.more_values:
        small.append(page.count("machine.more", fact.more_values))
    where = (first.nodes,) if others and first.nodes else ()
    if not others and first.count and first.count < machine.nodes_heard:
        where = (first.nodes,)
    return Row((name, Cell(Text(first.value), tuple(small)), Cell(Text(origin), where)))


SECTION = Section("machine", build, has_machines)
