"""A comparison of offers as one page of HTML that needs no network and no script."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

LONG = 40
"""Characters of a word that may be broken anywhere."""

Cell = object
"""A text, a number, a date or None."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table with a heading of its own."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def is_number(self, column: int) -> bool:
        """Whether a column is set as numbers: all that is in it is. The first one heads its rows."""
        found = [row[column] for row in self.rows if row[column] not in (None, "")]
        return column > 0 and bool(found) and all(map(is_number, found))


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence above the tables."""

    text: str
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class TenderPage:
    """Everything on the page, in order."""

    title: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]
    tables: tuple[PageTable, ...]
    footer: str


def render_tender(page: TenderPage, folder: Path) -> str:
    """The page, with the template and the style in ``folder`` (``reports/``); every text is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": write_cell, "is_long": is_long}
    style = (folder / "styles" / "report.css").read_text(encoding="utf-8")
    template = environment.get_template("tender.html.j2")
    return template.render(page=page, style=Markup(style))  # noqa: S704 - our own file


def is_number(value: Cell) -> bool:
    """Whether a cell is set as a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_long(value: Cell) -> bool:
    """Whether a cell is one word that no column has room for, such as a SHA-256."""
    return isinstance(value, str) and len(value) >= LONG and not value.count(" ")


def write_cell(value: Cell) -> str:
    """A cell as text: numbers with at most two decimals if large, else with six digits; a dash for none.

    >>> write_cell(6500000.0), write_cell(2.148550123), write_cell(None)
    ('6,500,000', '2.14855', '-')
    """
    large = 10_000
    match value:
        case None | "":
            return "-"
        case int():
            return f"{value:,}"
        case float() if abs(value) >= large:
            return f"{value:,.2f}".removesuffix(".00")
        case float():
            return f"{value:.6g}"
        case datetime.date():
            return value.isoformat()
        case _:
            return str(value)
