"""``report.json``: the report's content, value for value."""

import hashlib
import json
from dataclasses import asdict

from millwright.report.content import ReportContent


def to_json(content: ReportContent) -> str:
    """The content as JSON text; equal contents give equal bytes.

    Raises :exc:`ValueError` for a number that is not finite: no report states one.
    """
    return json.dumps(asdict(content), ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def sha256_of(text: str) -> str:
    """SHA-256 of a text as it is written to a file, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def inert_in_html(json_text: str) -> str:
    """The same JSON in a form that ends no element and opens no comment inside a page."""
    return json_text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
