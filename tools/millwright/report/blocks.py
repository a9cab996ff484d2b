"""What a section of a report consists of: blocks of values, of which each format renders its own form.

A section yields blocks and knows no format; a renderer walks blocks and knows no section. Values keep their
numbers: only a renderer rounds, groups and joins them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from millwright.core.verdict import Verdict

DASH = "\N{EN DASH}"
"""Written where a number does not exist."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str
    is_code: bool = False
    """Set in a typewriter face: names, paths, hashes."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit."""

    value: float
    places: int | None = None
    """Decimals to show; negative rounds to tens. None shows the value as it was stated."""
    unit: str = ""
    """Shown behind the number; empty where the table has a column of units."""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one, shown in percent."""

    value: float
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers that are read together: an interval, or a part of a whole."""

    first: float
    second: float
    join: Literal["to", "of"]
    places: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict; None for a value without a reference."""

    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as ISO 8601 in UTC."""

    time: str


@dataclass(frozen=True, slots=True)
class Absent:
    """No value, and what is written in its place."""

    text: str


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Files behind a number, as the numbers that the evidence list gives them."""

    labels: tuple[tuple[str, str], ...]
    """Label, of one file or of neighbours, and the anchor of the first; an empty anchor leads nowhere."""


@dataclass(frozen=True, slots=True)
class References:
    """Numbered notes that a cell refers to: label and anchor of each."""

    labels: tuple[tuple[str, str], ...]


Value = Text | Number | Share | Pair | Judged | Moment | Absent | Exhibits | References


@dataclass(frozen=True, slots=True)
class Tag:
    """A word in a frame behind a value."""

    text: str
    kind: str = ""
    """Name for the style sheet."""
    help: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, and what is written small below it."""

    value: Value
    small: tuple[str, ...] = ()
    anchor: str = ""
    """Where the value leads to within the report."""
    tags: tuple[Tag, ...] = ()
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    label: str
    kind: Literal["text", "number", "pair"] = "text"
    width: float = 0.0
    """In percent; 0 shares what is left."""
    parts: tuple[str, str] = ("", "")
    """Labels of the two columns that a pair becomes in a spreadsheet."""
    only_data: bool = False
    """For formats that people compute with; pages state it otherwise, or not at all."""
    is_brief: bool = False
    """Short enough to stand beside others on a phone."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: one cell a column."""

    cells: tuple[Cell, ...]
    remarks: tuple[str, ...] = ()
    """Lines below it over the whole width."""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Lines below a heading of their own; no heading if it is empty."""

    rows: tuple[Row, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Equal things, a line each."""

    name: str
    """Of the sheet or file that it becomes: unique in its section."""
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    hide_caption: bool = False
    """The heading above says the same; kept for those who do not see it."""
    style: str = ""


def table(name: str, caption: str, columns: Iterable[Column], rows: Iterable[Row]) -> Table:
    """A table of one group, below a heading that says what its caption says."""
    return Table(name, caption, tuple(columns), (RowGroup(tuple(rows)),), hide_caption=True)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Facts:
    """Single values with their labels."""

    name: str
    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a part of a section."""

    text: str
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or several."""

    text: str
    tone: Literal["plain", "intro", "outcome", "note", "alarm"] = "plain"


@dataclass(frozen=True, slots=True)
class Count:
    """How often a verdict occurs."""

    count: int
    verdict: Verdict | None
    means: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of verdicts, side by side."""

    name: str
    label: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Cell, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class NumberedNote:
    """What several lines refer to, once."""

    label: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """Numbered notes."""

    name: str
    title: str
    notes: tuple[NumberedNote, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its numbers as a table."""

    name: str
    title: str
    description: str
    svg: str
    """Trusted: made by a serialiser from values, never from text of others."""
    table: Table


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on."""

    roles: tuple[str, ...]
    fields: tuple[str, ...]


Block = Signatures | Heading | Paragraph | Facts | Table | Tally | Items | Notes | Figure


@dataclass(frozen=True, slots=True)
class Built:
    """A section with its blocks, ready for any renderer."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    tone: str = ""
    """Name for the style sheet, for example the outcome that page one states."""
    tags: tuple[Tag, ...] = field(default=())
