"""The report as one page of HTML that needs no network and no script."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from millwright.report.blocks import Cell, Column, Table
from millwright.report.blocks import Row as Line
from millwright.report.content import ReportContent, inert_in_html, sha256_of, to_json
from millwright.report.exhibits import exhibit_labels
from millwright.report.figures import Picture, draw_row, place_name
from millwright.report.judged import Estimate, Group, Row
from millwright.report.labels import Words, label, label_count, load_labels
from millwright.report.numbers import decimals, write_exact, write_number, write_share
from millwright.report.registry import BLOCK_SECTIONS, build_sections, order_sections
from millwright.report.section import Section, row_anchors
from millwright.report.text import in_css_string, plain
from millwright.report.wording import moment, word_value, write_value

MOST_IMPORTED = 40
"""Series of one import that the page lists; report.json holds all."""
MOST_EMBEDDED = 2_000_000
"""Characters of report.json up to which the page carries it too; a phone has to load the page."""


def row_places(row: Row, estimate: Estimate | None = None) -> int:
    """Decimals of a row's numbers; 0 if nothing was measured."""
    chosen = estimate or row.estimate
    return decimals(chosen, row.reference.limit if row.reference else None) if chosen else 0


def shown_columns(table: Table) -> list[Column]:
    """The columns that a page shows."""
    return [column for column in table.columns if not column.only_data]


def shown_cells(table: Table, row: Line) -> list[tuple[Column, Cell]]:
    """The cells of a line that a page shows, with their columns."""
    pairs = zip(table.columns, row.cells, strict=True)
    return [(column, cell) for column, cell in pairs if not column.only_data]


def _finalise(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


class Page:
    """What the templates may call; every method turns content into words."""

    def __init__(self, content: ReportContent, words: Words, sections: Sequence[Section]) -> None:
        self.content = content
        self.words = words
        self.sections = sections
        self.anchors = row_anchors(content)
        self.exhibits = {
            file.path: number for number, file in enumerate(content.provenance.evidence, start=1)
        }

    def anchor(self, group: Group, row: Row) -> str:
        """The id of a row's line in the scorecard."""
        return self.anchors[group.kind, group.name, row.variant, row.metric]

    def figure(self, group: Group, row: Row) -> Picture:
        """The plot of a row and the series that it draws."""
        return draw_row(group, row, self.words, self.anchor(group, row))

    def unit(self, unit: str) -> str:
        """A unit as it is printed."""
        return str(self.words["units"].get(unit, unit))

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The templates' filters by name."""
        return {
            "number": write_number,
            "exact": write_exact,
            "share": write_share,
            "places": row_places,
            "estimate_places": decimals,
            "moment": moment,
            "unit": self.unit,
            "place": place_name,
            "exhibits": lambda paths: exhibit_labels(paths, self.exhibits),
            "kind": lambda value: type(value).__name__,
            "worded": lambda value: word_value(value, self.words),
            "first_of": lambda pair: write_value(pair.first, pair.places),
            "second_of": lambda pair: write_value(pair.second, pair.places),
            "shown": shown_columns,
            "cells": shown_cells,
            "picture": lambda figure: Markup(figure.svg),  # noqa: S704 - an XML serialiser escaped its texts
        }

    def names(self) -> dict[str, Any]:
        """The templates' names."""
        data = to_json(self.content)
        return {
            "content": self.content,
            "words": self.words,
            "sections": order_sections(self.content, self.sections),
            "built": {each.name: each for each in build_sections(self.content, self.words, self.sections)},
            "most_imported": MOST_IMPORTED,
            "anchor": self.anchor,
            "figure": self.figure,
            "label": lambda key, **values: escape(label(self.words, key, **values)),
            "label_count": lambda key, count, **values: escape(label_count(self.words, key, count, **values)),
            "running_head": in_css_string(f"{self.content.facility} · {self.content.run_id}"),
            "content_sha256": sha256_of(data),
            "data": Markup(inert_in_html(data) if len(data) <= MOST_EMBEDDED else ""),  # noqa: S704 - escaped for its place
        }


def render_html(
    content: ReportContent,
    folder: Path,
    language: str = "en",
    *,
    sections: Sequence[Section] = BLOCK_SECTIONS,
    words: Words | None = None,
) -> str:
    """The page for a content, with the templates, styles and labels in ``folder`` (``reports/``).

    ``sections`` and ``words`` are those of the product unless a site adds its own.
    """
    page = Page(content, words or load_labels(folder, language), sections)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalise,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    environment.filters |= page.filters()
    style = (folder / "styles" / "report.css").read_text(encoding="utf-8")
    names = page.names() | {"style": Markup(style)}  # noqa: S704 - our own file
    return environment.get_template("report.html.j2").render(names)
