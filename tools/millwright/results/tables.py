"""Samples as tables. A table is a cache: it can be made again from the stored runs at any time."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from millwright.core.errors import BadInputError, Problem
from millwright.core.files import replacing
from millwright.results.runs import Run
from millwright.results.samples_file import to_tables

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts so for a formula and may run it."""


def tabulate(runs: Iterable[Run]) -> pd.DataFrame:
    """One row a sample, with the columns of :mod:`millwright.results.tables`, in stored order."""
    tables = [
        table.to_pandas().assign(**{RUN: run.info.run_id}) for run in runs for table in to_tables(run.samples)
    ]
    if not tables:
        return pd.DataFrame(columns=list(TYPES)).astype(TYPES)
    joined: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return joined[list(TYPES)].astype(TYPES)


def export(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, by the suffix of `path`.

    In CSV, text that a spreadsheet would take for a formula gets a leading apostrophe; Parquet
    keeps every value as it is. The file is replaced whole or not at all. Raises
    :exc:`BadInputError` for another suffix.
    """
    if path.suffix not in {".csv", ".parquet"}:
        raise BadInputError(
            [Problem(str(path), "-", f"unknown suffix {path.suffix!r}", ".csv or .parquet", code="MW6031")]
        )
    with replacing(path) as partial:
        if path.suffix == ".csv":
            neutralise(table).to_csv(partial, index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        else:
            table.to_parquet(partial, index=False)


def neutralise(table: pd.DataFrame) -> pd.DataFrame:
    """Prefix text that a spreadsheet would take for a formula with an apostrophe; numbers stay."""
    safe = table.copy()
    for name in (column for column, kind in TYPES.items() if kind == "string"):
        is_formula = safe[name].str.startswith(FORMULA_STARTS)
        safe[name] = safe[name].mask(is_formula, "'" + safe[name])
    return safe


RUN = "run"
VALUE = "value"

TYPES = {
    RUN: "string",
    "facility": "string",
    "partition": "string",
    "check": "string",
    "parameters": "string",
    "environment": "string",
    "metric": "string",
    "node": "string",
    "device": "string",
    "rep": "int64",
    VALUE: "float64",
    "unit": "string",
    "emulated": "bool",
    "started": "datetime64[us, UTC]",
    "job_id": "string",
    "case": "string",
    "marks": "string",
}
"""Every column, in order, with its pandas type."""
