"""The report as one page of HTML that needs no network and no script."""

import datetime
import itertools
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from millwright.report.build import exhibit_labels
from millwright.report.content import (
    CapacityRow,
    Estimate,
    Group,
    ReportContent,
    Row,
    Step,
    inert_in_html,
    sha256_of,
    to_json,
)
from millwright.report.figures import Picture, draw_row, place_name
from millwright.report.labels import Words, label, label_count, load_labels
from millwright.report.numbers import decimals, write_exact, write_number, write_share
from millwright.report.plots import Bound, describe_limit
from millwright.report.text import in_css_string, plain

SECTIONS = (
    "decision",
    "scorecard",
    "distributions",
    "capacity",
    "access",
    "foreign",
    "missing",
    "imported",
    "provenance",
    "signatures",
)
OPTIONAL = frozenset({"foreign", "imported"})
"""Sections that are left out if there is nothing in them."""
MOST_LISTED = 12
"""Longer lists in the summary end with a count; the scorecard holds all."""
MOST_IMPORTED = 40
"""Series of one import that the page lists; report.json holds all."""
MOST_EMBEDDED = 2_000_000
"""Characters of report.json up to which the page carries it too; a phone has to load the page."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the scorecard with the group it belongs to."""

    group: Group
    row: Row


def moment(text: str) -> str:
    """An ISO 8601 time as a reader writes it; other text unchanged.

    >>> moment("2026-11-23T17:02:11Z")
    '2026-11-23 17:02:11 UTC'
    """
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    if time.tzinfo is None:
        return time.strftime("%Y-%m-%d %H:%M:%S")
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def row_places(row: Row, estimate: Estimate | None = None) -> int:
    """Decimals of a row's numbers; 0 if nothing was measured."""
    chosen = estimate or row.estimate
    return decimals(chosen, row.reference.limit if row.reference else None) if chosen else 0


def sum_places(row: CapacityRow) -> int:
    """Decimals of a sum, from the width of its interval."""
    low, high = (row.total if end is None else end for end in (row.low, row.high))
    return decimals(Estimate(1, row.total, low, high, low, high, 0.0))


def by_check(rows: tuple[Row, ...]) -> list[tuple[str, list[Row]]]:
    """Neighbouring rows of one check together, in their order."""
    return [(check, list(group)) for check, group in itertools.groupby(rows, key=lambda row: row.variant)]


def _finalise(value: object) -> object:
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _places(content: ReportContent) -> tuple[Place, ...]:
    return tuple(Place(group, row) for group in content.groups for row in group.rows)


def _blocking(content: ReportContent) -> list[tuple[Group, Row]]:
    order = ("FAIL", "INCONCLUSIVE", "NOT MEASURED")
    found = [(p.group, p.row) for p in _places(content) if p.row.scored and p.row.verdict in order]
    return sorted(found, key=lambda pair: order.index(pair[1].verdict))


def _tightest(content: ReportContent) -> Place | None:
    key = content.decision.tightest
    return next((p for p in _places(content) if (p.group.name, p.row.variant, p.row.metric) == key), None)


def _anchors(content: ReportContent) -> dict[tuple[str, str, str, str], str]:
    """An id for each row, made of positions only, so that no text of others becomes part of one."""
    return {
        (group.kind, group.name, row.variant, row.metric): f"row-{at}-{number}"
        for at, group in enumerate(content.groups, start=1)
        for number, row in enumerate(group.rows, start=1)
    }


class Page:
    """What the templates may call; every method turns content into words."""

    def __init__(self, content: ReportContent, words: Words) -> None:
        self.content = content
        self.words = words
        self.anchors = _anchors(content)
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

    def counts(self, counts: dict[str, int], unjudged: int = 0) -> str:
        """Verdicts that occur with their number: ``17 PASS, 1 INCONCLUSIVE``."""
        names = self.words["verdicts"]
        parts = [f"{count} {names[verdict]['name']}" for verdict, count in counts.items() if count]
        if unjudged:
            parts.append(label_count(self.words, "decision.unjudged", unjudged))
        return ", ".join(parts) or "0"

    def sentence(self, step: Step) -> Markup:
        """What to do next, as a sentence."""
        key = f"decision.steps.{step.kind}"
        says = {(p.group.name, p.row.variant, p.row.metric): p.row.says for p in _places(self.content)}
        metrics = [says.get((step.group, step.check, metric), metric) for metric in step.metrics]
        values = {
            "metrics": ", ".join(metrics),
            "group": step.group,
            "check": step.check,
            "detail": step.detail,
        }
        if step.kind == "repeat":
            return escape(label_count(self.words, key, step.more_repetitions or 0, **values))
        return escape(label(self.words, key, **values))

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The templates' filters by name."""
        return {
            "number": write_number,
            "exact": write_exact,
            "share": write_share,
            "places": row_places,
            "estimate_places": decimals,
            "sum_places": sum_places,
            "moment": moment,
            "quote": shlex.quote,
            "unit": self.unit,
            "by_check": by_check,
            "place": place_name,
            "limit": lambda row: describe_limit(Bound(row.reference.limit, row.better)),
            "exhibits": lambda paths: exhibit_labels(paths, self.exhibits),
            "counts": self.counts,
            "sentence": self.sentence,
        }

    def names(self) -> dict[str, Any]:
        """The templates' names."""
        data = to_json(self.content)
        return {
            "content": self.content,
            "words": self.words,
            "sections": [name for name in SECTIONS if name not in OPTIONAL or getattr(self.content, name)],
            "most_imported": MOST_IMPORTED,
            "anchor": self.anchor,
            "figure": self.figure,
            "blocking": _blocking(self.content),
            "tightest": _tightest(self.content),
            "most_listed": MOST_LISTED,
            "label": lambda key, **values: escape(label(self.words, key, **values)),
            "label_count": lambda key, count, **values: escape(label_count(self.words, key, count, **values)),
            "running_head": in_css_string(f"{self.content.facility} · {self.content.run_id}"),
            "content_sha256": sha256_of(data),
            "data": Markup(inert_in_html(data) if len(data) <= MOST_EMBEDDED else ""),  # noqa: S704 - escaped for its place
        }


def render_html(content: ReportContent, folder: Path, language: str = "en") -> str:
    """The page for a content, with the templates, styles and labels in ``folder`` (``reports/``)."""
    page = Page(content, load_labels(folder, language))
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
