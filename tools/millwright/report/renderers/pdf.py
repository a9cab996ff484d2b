"""A report as tagged PDF (PDF/UA-1 and PDF/A-3a) set by typst, with report.json attached.

No text of the report is ever source of typst: the template is the product's own file, and everything else is
data. Only the fonts that typst brings are used, so that equal reports give equal bytes on any machine. A
character that these fonts lack is written as its code point, ``[U+05D0]``; the page has it as it is.
"""

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from millwright.core.errors import FailedError
from millwright.report.blocks import (
    Absent,
    Block,
    Built,
    Cell,
    Exhibits,
    Facts,
    Figure,
    Heading,
    Items,
    Judged,
    Notes,
    Paragraph,
    References,
    Signatures,
    Table,
    Tally,
    Text,
)
from millwright.report.content import ReportContent, to_json
from millwright.report.labels import Words, label
from millwright.report.plots import on_paper
from millwright.report.text import plain
from millwright.report.wording import moment, word_value

STANDARDS: Final[list[Literal["a-3a", "ua-1"]]] = ["a-3a", "ua-1"]
TEMPLATE = Path("templates") / "report.typ"
WIDE = 9
"""Columns from which a table is set smaller."""
SETTABLE = re.compile(
    r"[ -~\u00a0-\u017f\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9"
    r"\u0410-\u044f\u2013\u2014\u2018-\u201e\u2020-\u2022"
    r"\u2026\u202f\u20ac\u2070\u00b9\u00b2\u00b3\u2074-\u207b\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u2713\u2715\ufffd\n]"
)
"""Characters that the fonts which typst brings are known to have."""


def render_pdf(content: ReportContent, sections: Sequence[Built], folder: Path, words: Words) -> bytes:
    """The PDF's bytes, with the template in ``folder`` (``reports/``).

    Raises :exc:`FailedError` if typst can't set the report.
    """
    import typst  # noqa: PLC0415 - 50 MB that only this format needs

    time = datetime.datetime.fromisoformat(content.generated)
    data = document(content, sections, words, time)
    try:
        found = typst.compile(
            (folder / TEMPLATE).read_bytes(),
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=[*STANDARDS],
            timestamp=int(time.timestamp()),
            sys_inputs={"report": json.dumps(data), "content": to_json(content)},
        )
    except typst.TypstError as error:
        raise FailedError(f"typst can't set the report: {error.message}", code="MW7041") from error
    return found


def document(
    content: ReportContent, sections: Sequence[Built], words: Words, time: datetime.datetime
) -> dict[str, Any]:
    """What the template reads."""
    targets = set(_anchors(sections))
    head = f"{content.facility} · {content.run_id}"
    found: dict[str, Any] = _settable(
        {
            "language": words["language"],
            "title": label(words, "document.title", title=content.title),
            "author": f"Millwright {content.provenance.rendered_by}",
            "date": {"year": time.year, "month": time.month, "day": time.day},
            "head": head,
            "footer": moment(content.generated),
            "overline": words["document"]["overline"],
            "subtitle": f"{head} · {moment(content.generated)}",
            "attached": words["document"]["attached"],
            "sections": [
                {
                    "name": section.name,
                    "title": " ".join((section.title, *(f"({tag.text})" for tag in section.tags))),
                    "blocks": [_block(block, words, targets) for block in section.blocks],
                }
                for section in sections
            ],
        }
    )
    return found


def _settable(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: item if key in {"svg", "anchor"} else _settable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_settable(item) for item in value]
    return settable(value) if isinstance(value, str) else value


def settable(text: str) -> str:
    r"""The text with each character that may lack a glyph as its code point.

    >>> settable("n1 \u05d0")
    'n1 [U+05D0]'
    """
    return "".join(c if SETTABLE.match(c) else f"[U+{ord(c):04X}]" for c in plain(text))


def _anchors(sections: Iterable[Built]) -> Iterator[str]:
    """What links may lead to within the PDF."""
    for section in sections:
        yield f"section-{section.name}"
        for block in section.blocks:
            match block:
                case Table(groups=groups):
                    yield from (row.anchor for group in groups for row in group.rows if row.anchor)
                case Notes(notes=notes):
                    yield from (note.anchor for note in notes)


def _block(block: Block, words: Words, targets: set[str]) -> dict[str, Any]:  # noqa: PLR0911 - one a kind
    match block:
        case Heading(text, tags):
            return {"kind": "heading", "text": text, "tags": [tag.text for tag in tags]}
        case Paragraph(text, tone):
            return {"kind": "paragraph", "text": text, "tone": tone}
        case Facts(_, items):
            cells = [{"label": fact.label, "cell": _cell(fact.cell, words, targets)} for fact in items]
            return {"kind": "facts", "items": cells}
        case Tally(_, text, counts):
            shown = [
                {"count": str(each.count), "means": each.means, **_verdict(each.verdict or "NONE", words)}
                for each in counts
            ]
            return {"kind": "tally", "label": text, "counts": shown}
        case Items(items, is_ordered):
            return {
                "kind": "items",
                "ordered": is_ordered,
                "items": [_cell(c, words, targets) for c in items],
            }
        case Notes(_, title, notes):
            listed = [{"label": n.label, "anchor": n.anchor, "text": n.text} for n in notes]
            return {"kind": "notes", "title": title, "notes": listed}
        case Signatures(roles, lines):
            return {"kind": "signatures", "roles": list(roles), "fields": list(lines)}
        case Figure(_, title, description, svg):
            return {"kind": "figure", "title": title, "description": description, "svg": on_paper(svg)}
        case Table():
            return _table(block, words, targets)


def _table(table: Table, words: Words, targets: set[str]) -> dict[str, Any]:
    shown = [column for column in table.columns if not column.only_data]
    rows: list[dict[str, Any]] = []
    for group in table.groups:
        if group.heading:
            rows.append({"kind": "group", "text": group.heading})
        for row in group.rows:
            pairs = zip(table.columns, row.cells, strict=True)
            cells = [_cell(cell, words, targets) for column, cell in pairs if not column.only_data]
            rows.append({"kind": "row", "anchor": row.anchor or None, "cells": cells})
            rows += [{"kind": "remark", "text": remark} for remark in row.remarks]
    return {
        "kind": "table",
        "caption": None if table.hide_caption else table.caption,
        "size": 7 if len(shown) >= WIDE else 8,
        "columns": [
            {"label": column.label, "number": column.kind != "text", "width": column.width}
            for column in shown
        ],
        "rows": rows,
    }


def _verdict(name: str, words: Words) -> dict[str, Any]:
    said = words["verdicts"][name]
    return {"verdict": name, "text": said["name"], "mark": said["mark"]}


def _cell(cell: Cell, words: Words, targets: set[str]) -> dict[str, Any]:
    value, parts, verdict = cell.value, None, None
    found: dict[str, Any] = {"text": word_value(value, words), "mark": ""}
    match value:
        case Exhibits(labels) | References(labels) if labels:
            parts = [
                {"text": text, "anchor": anchor if anchor in targets else None} for text, anchor in labels
            ]
        case Judged():
            found = _verdict(value.verdict or "NONE", words)
            verdict = found["verdict"]
    anchor = cell.anchor if cell.anchor in targets else f"section-{cell.anchor}"
    return {
        **found,
        "verdict": verdict,
        "parts": parts,
        "code": isinstance(value, Text) and value.is_code,
        "absent": isinstance(value, Absent),
        "strong": cell.is_strong,
        "anchor": anchor if anchor in targets else None,
        "tags": [tag.text for tag in cell.tags],
        "small": list(cell.small),
    }
