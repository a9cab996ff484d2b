import csv
from dataclasses import replace

import pandas as pd
import pytest

from millwright.core.errors import BadInputError
from millwright.results import tables
from millwright.results.samples import collect
from millwright.results.tables import export, tabulate

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def hostile(run):
    named = [
        replace(s, node=HOSTILE[i % len(HOSTILE)], value=-s.value, rep=i) for i, s in enumerate(run.samples)
    ]
    return replace(run, samples=collect(named))


def test_a_table_has_one_row_a_sample_and_the_named_columns(rack_run):
    table = tabulate([rack_run, rack_run])
    assert list(table.columns) == list(tables.TYPES)
    assert len(table) == 2 * len(rack_run.samples)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == tables.TYPES
    assert set(table[tables.RUN]) == {rack_run.info.run_id}
    assert table[tables.VALUE].tolist()[: len(rack_run.samples)] == [s.value for s in rack_run.samples]


def test_no_run_gives_an_empty_table_with_the_same_columns():
    table = tabulate([])
    assert {name: str(kind) for name, kind in table.dtypes.items()} == tables.TYPES


def test_parquet_comes_back_value_for_value(rack_run, tmp_path):
    table = tabulate([hostile(rack_run)])
    export(table, tmp_path / "samples.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "samples.parquet"), table)


def test_no_csv_cell_starts_a_formula_and_numbers_stay_numbers(rack_run, tmp_path):
    export(tabulate([hostile(rack_run)]), tmp_path / "samples.csv")
    with (tmp_path / "samples.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(rack_run.samples)
    assert {row["node"] for row in rows} == {f"'{text}" for text in HOSTILE}
    assert [float(row["value"]) for row in rows] == [sample.value for sample in hostile(rack_run).samples]


def test_another_suffix_is_refused_and_nothing_written(rack_run, tmp_path):
    with pytest.raises(BadInputError, match=r"unknown suffix '\.xls'"):
        export(tabulate([rack_run]), tmp_path / "samples.xls")
    assert list(tmp_path.glob("*samples*")) == []


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_an_export_that_fails_keeps_the_earlier_file(suffix, rack_run, tmp_path, monkeypatch):
    path = tmp_path / f"samples.{suffix}"
    path.write_text("earlier")

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(tables.pd.DataFrame, f"to_{suffix}", full)
    with pytest.raises(OSError, match="No space"):
        export(tabulate([rack_run]), path)
    assert path.read_text() == "earlier"
    assert [p.name for p in tmp_path.glob(".*partial")] == []
