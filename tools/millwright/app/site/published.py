"""Published figures: ``millwright facility show`` of a reference, and ``millwright facility compare``."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from millwright.app.document import Document, Part
from millwright.app.site.facility import load_checked
from millwright.catalogue.catalogue import load_catalogue
from millwright.catalogue.fact import Fact
from millwright.core.claims import SourceKind
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import known_facilities
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility
from millwright.references.compare import Cell, Column, Row, claims, columns_of, compare
from millwright.references.load import References, load_references, reference_names
from millwright.references.model import Accelerators, Machine, Partition, Source


class OtherClaim(Part):
    """A claim of another source that disagrees."""

    value: float | str
    source: str
    kind: str
    note: str | None


class ComparedValue(Part):
    """What is known of one quantity of one partition."""

    value: float | str | None
    """Null if it is unknown, or differs between kinds of nodes."""
    by_part: dict[str, float | str | None]
    """By kind of accelerator, where nodes differ; else empty."""
    at_least: bool
    kind: str | None
    """How it is known: read, secondary, memory; of a derived value, as its weakest input."""
    derived: bool
    source: str | None
    """Key of ``sources``."""
    date: str | None
    """Of the source; ``undated`` if it has none."""
    note: str | None
    is_reference: bool
    """Whether something may be measured against it."""
    others: tuple[OtherClaim, ...]


class ComparedRow(Part):
    """One quantity, in one unit."""

    key: str
    label: str
    unit: str
    values: tuple[ComparedValue, ...]
    """One for each column."""


class ComparedColumn(Part):
    """One partition."""

    name: str
    machine: str
    site: str
    kind: str
    stage: str
    """``operational``, ``announced`` or ``synthetic``."""
    ai_claims: tuple[str, ...]
    """AI exaflops as announced, in words: they can't be compared with anything."""
    open_question: str | None


class NamedSource(Part):
    """A source that is used."""

    title: str
    date: str


class FacilityCompare(Document):
    """Partitions side by side."""

    format: Literal["millwright-facility-compare/1"] = "millwright-facility-compare/1"
    columns: tuple[ComparedColumn, ...]
    rows: tuple[ComparedRow, ...]
    sources: dict[str, NamedSource]


class LinkedAntenna(Part):
    """An antenna that is linked to a factory."""

    country: str
    name: str | None
    factories: tuple[str, ...]
    """All that it is linked to."""
    source: str


class PublishedShow(Document):
    """What is published of one machine or AI factory."""

    format: Literal["millwright-facility-show-published/1"] = "millwright-facility-show-published/1"
    name: str
    title: str
    kind: str
    site: str
    stage: str
    note: str | None
    status: str | None
    machines: tuple[str, ...]
    antennas: tuple[LinkedAntenna, ...]
    further: dict[str, str]
    figures: FacilityCompare


def is_published(name: str) -> bool:
    """Whether a name means a reference: a facility of that name comes first."""
    return name not in known_facilities() and name in reference_names()


def show_published(name: str) -> PublishedShow:
    """Everything of one reference; raises :exc:`BadInputError` for an unknown name."""
    references = load_references()
    if name not in references.machines:
        raise _unknown(name)
    machine = references.machines[name]
    columns = tuple(each for key in machine.partitions or [""] for each in columns_of(name, machine, key))
    antennas = (references.antennas[code] for code in references.antennas_of(name))
    return PublishedShow(
        name=name,
        title=machine.name,
        kind=machine.kind,
        site=machine.site,
        stage=machine.stage,
        note=machine.note,
        status=str(machine.status.value) if machine.status else None,
        machines=machine.machines,
        antennas=tuple(
            LinkedAntenna(
                country=each.country,
                name=str(each.name.value) if each.name else None,
                factories=tuple(link.factory for link in each.links or ()),
                source=next(link.source for link in each.links or () if link.factory == name),
            )
            for each in antennas
        ),
        further={key: str(fact.value) for key, fact in machine.further.items()},
        figures=_document(columns, references),
    )


def compare_facilities(names: Sequence[str]) -> FacilityCompare:
    """Put facilities and references side by side; ``name/partition`` names one partition.

    Raises :exc:`BadInputError` with every unknown name.
    """
    references = load_references()
    columns: list[Column] = []
    problems: list[Problem] = []
    for name in names:
        try:
            columns.extend(_columns(name, references))
        except BadInputError as error:
            problems.extend(error.problems)
    if problems:
        raise BadInputError(problems)
    return _document(tuple(columns), references)


def _columns(name: str, references: References) -> tuple[Column, ...]:
    base, _, partition = (name, "", "") if Path(name).exists() else name.partition("/")
    if base in known_facilities() or Path(name).exists():
        path, facility = load_checked(base)
        machine = _described(path, facility)
    elif base in references.machines:
        machine = references.machines[base]
    else:
        raise _unknown(base)
    if partition and partition not in machine.partitions:
        raise _unknown(name, [f"{base}/{each}" for each in machine.partitions])
    return columns_of(base, machine, partition)


def _unknown(name: str, known: Sequence[str] = ()) -> BadInputError:
    names = sorted(known or {*known_facilities(), *reference_names()})
    expected = f"one of {', '.join(names)}{did_you_mean(name, names)}"
    return BadInputError(
        [Problem("facility", name, "no such facility or reference", expected, code="MW7710")]
    )


def _described(path: Path, facility: Facility) -> Machine:
    """A facility file as its own source: what it describes is what is meant to be there."""

    def stated(value: float | str) -> Fact:
        return Fact(value=value, source=str(path), kind=SourceKind.READ)

    partitions: dict[str, Partition] = {}
    for name, each in facility.partitions.items():
        node_class = facility.class_of(name)
        part = node_class.accelerators if node_class else None
        memory = node_class.memory_mib if node_class else None
        partitions[name] = Partition(
            nodes=stated(len(each.node_names())),
            accelerators=(Accelerators(part=part.part, nodes=None, per_node=stated(part.count)),)
            if part
            else (),
            cpu=stated(f"{node_class.cpus} CPUs, {node_class.architecture}") if node_class else None,
            host_memory_gb=stated(round(memory * 2**20 / 1e9, 1)) if memory else None,
        )
    return Machine(
        kind="machine", name=facility.title, site=str(path), stage="operational", partitions=partitions
    )


def _document(columns: tuple[Column, ...], references: References) -> FacilityCompare:
    catalogue = load_catalogue()
    rows = compare(columns, catalogue.accelerators)
    sources = dict(references.sources)
    for key, title in catalogue.sources.items():
        sources.setdefault(key, Source(title=title, date="undated", seen=catalogue.meta["generated"]))
    used = {each for row in rows for cell in row.cells for each in _sources_of(cell)}
    used |= {source for column in columns for _, source, _ in claims(column)}
    return FacilityCompare(
        columns=tuple(map(_column, columns)),
        rows=tuple(_row(row, sources) for row in rows),
        sources={
            key: NamedSource(title=sources[key].title, date=sources[key].date)
            if key in sources
            else NamedSource(title=key, date="undated")
            for key in sorted(used)
        },
    )


def _sources_of(cell: Cell) -> Iterator[str]:
    facts = [cell.fact, *(fact for _, fact in cell.by_part)]
    for fact in facts:
        if fact:
            yield fact.source
            yield from (other.source for other in fact.others)


def _column(column: Column) -> ComparedColumn:
    return ComparedColumn(
        name=column.name,
        machine=column.machine.name,
        site=column.machine.site,
        kind=column.machine.kind,
        stage=column.stage,
        ai_claims=tuple(f"{text} [{source}]" for text, source, _ in claims(column)),
        open_question=column.partition.open_question,
    )


def _row(row: Row, sources: Mapping[str, Source]) -> ComparedRow:
    values = tuple(_value(cell, sources) for cell in row.cells)
    return ComparedRow(key=row.key, label=row.label, unit=row.unit, values=values)


def _value(cell: Cell, sources: Mapping[str, Source]) -> ComparedValue:
    fact = cell.fact
    source = sources.get(fact.source) if fact else None
    note = "; ".join(filter(None, [fact.note if fact else None, *cell.remarks])) or None
    return ComparedValue(
        value=fact.value if fact else None,
        by_part={part: each.value if each else None for part, each in cell.by_part},
        at_least=fact.at_least if fact else False,
        kind=fact.strength.value if fact else None,
        derived=fact.kind is SourceKind.DERIVED if fact else False,
        source=fact.source if fact else None,
        date=source.date if source else None,
        note=note,
        is_reference=cell.is_reference,
        others=tuple(
            OtherClaim(value=each.value, source=each.source, kind=each.strength.value, note=each.note)
            for each in (fact.others if fact else ())
        ),
    )
