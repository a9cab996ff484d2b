"""``samples.jsonl`` of runs in the form ``millwright-run/1``: one sample a line."""

import math

from millwright.core.errors import BadInputError, Problem
from millwright.results.records import from_json_lines
from millwright.results.sample import Sample
from millwright.results.samples import Samples, collect


def read_old_samples(text: str, file: str) -> Samples:
    """Read samples back; raises :exc:`BadInputError` for a line that is none, or no finite number."""
    rows = from_json_lines(Sample, text, file)
    wrong = [number for number, row in enumerate(rows, start=1) if not math.isfinite(row.value)]
    if wrong:
        raise BadInputError(
            Problem(file, f"line {number}.value", "not a finite number", "a number", code="MW6006")
            for number in wrong
        )
    return collect(rows)
