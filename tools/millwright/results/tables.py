"""Samples as tables. A table is a cache: it can be made again from the stored runs at any time."""

import csv
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from millwright.core.errors import BadInputError, Problem
from millwright.core.files import replacing
from millwright.results.runs import Run

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts so for a formula and may run it."""


def tabulate(runs: Iterable[Run]) -> pd.DataFrame:
    """One row a sample, with the columns of :mod:`millwright.results.tables`, in stored order."""
    rows = [{RUN: run.info.run_id, **asdict(sample)} for run in runs for sample in run.samples]
    return pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)


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
FACILITY = "facility"
PARTITION = "partition"
CHECK = "check"
METRIC = "metric"
NODE = "node"
DEVICE = "device"
REP = "rep"
VALUE = "value"
UNIT = "unit"
EMULATED = "emulated"

TYPES = {
    RUN: "string",
    FACILITY: "string",
    PARTITION: "string",
    CHECK: "string",
    METRIC: "string",
    NODE: "string",
    DEVICE: "string",
    REP: "int64",
    VALUE: "float64",
    UNIT: "string",
    EMULATED: "bool",
}
"""Every column, in order, with its pandas type."""
