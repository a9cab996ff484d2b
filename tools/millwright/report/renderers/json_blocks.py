"""A report as JSON of its blocks: what every format was made from, worded in one language."""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from millwright.report.blocks import Built
from millwright.report.content import ReportContent, sha256_of, to_json

FORMAT = "millwright-report-blocks/1"


def render_json(content: ReportContent, sections: Sequence[Built]) -> str:
    """The blocks of all sections, each block and value with its class as ``type``."""
    document = {
        "format": FORMAT,
        "facility": content.facility,
        "run_id": content.run_id,
        "report_sha256": sha256_of(to_json(content)),
        "sections": [plain_data(section) for section in sections],
    }
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def plain_data(value: Any) -> Any:  # noqa: ANN401 - any field of any block
    """A block as mappings, lists and scalars, with the class of each as ``type``."""
    if is_dataclass(value):
        return {"type": type(value).__name__} | {
            each.name: plain_data(getattr(value, each.name)) for each in fields(value)
        }
    if isinstance(value, tuple):
        return [plain_data(item) for item in value]
    return value
