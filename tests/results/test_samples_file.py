import math
from dataclasses import replace

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.core.errors import BadInputError
from millwright.results import samples_file
from millwright.results.sample import Sample
from millwright.results.samples import collect
from millwright.results.samples_file import SCHEMA, read_samples, to_tables, write_samples

SAMPLES = st.builds(
    Sample,
    st.just("rack"),
    st.sampled_from(["cpu", "gpu"]),
    st.sampled_from(["Gemm", "MemoryBandwidth"]),
    parameters=st.sampled_from(["", "size=L2", "size=DRAM"]),
    environment=st.sampled_from(["gnu", "builtin"]),
    metric=st.sampled_from(["a", "b"]),
    node=st.sampled_from(["n1", "n10", "n2"]),
    device=st.sampled_from(["", "0"]),
    rep=st.integers(0, 20),
    value=st.floats(allow_nan=False, allow_infinity=False),
    unit=st.just("GB/s"),
    emulated=st.just(False),
    started=st.none() | st.integers(0, 2**52),
    job_id=st.sampled_from(["1", "2"]),
    case=st.just("Gemm"),
)


def place(row):
    variant = (row.partition, row.check, row.parameters, row.environment)
    return (*variant, row.metric, row.node, row.device, row.rep)


@given(rows=st.lists(SAMPLES, unique_by=place), group=st.integers(1, 9))
def test_samples_come_back_value_for_value(tmp_path_factory, rows, group):
    path = tmp_path_factory.mktemp("samples") / "samples.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples_file, "GROUP", group)  # series go on across groups of rows
        write_samples(collect(rows), path)
    found = list(read_samples(path, "rack"))
    assert found == sorted(rows, key=place)
    assert [(row.started, row.job_id) for row in found] == [
        (row.started, row.job_id) for row in sorted(rows, key=place)
    ]


def test_pandas_pyarrow_and_polars_read_the_same_rows(rack_run):
    path = rack_run.path / "samples.parquet"
    wanted = [(row.node, row.metric, row.rep, row.value, row.job_id) for row in rack_run.samples]
    columns = ["node", "metric", "rep", "value", "job_id"]
    assert list(pd.read_parquet(path)[columns].itertuples(index=False, name=None)) == wanted
    assert pl.read_parquet(path).select(columns).rows() == wanted
    table = pq.read_table(path).select(columns).to_pylist()
    assert [tuple(row.values()) for row in table] == wanted
    assert pq.read_schema(path).names == SCHEMA.names


def rewritten(path, change):
    pq.write_table(change(pq.read_table(path)), path)


def set_value(table, value):
    return table.set_column(9, SCHEMA.field("value"), pa.array([value] * table.num_rows))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda table: table.drop_columns("node"), "columns are not those"),
        (lambda table: set_value(table, math.nan), "not a finite number"),
        (lambda table: table.take(list(reversed(range(table.num_rows)))), "not sorted"),
        (lambda table: pa.concat_tables([table, table]), "not sorted"),
    ],
)
def test_a_file_that_millwright_would_not_write_is_refused(rack_run, tmp_path, change, problem):
    path = tmp_path / "samples.parquet"
    write_samples(rack_run.samples, path)
    rewritten(path, change)
    with pytest.raises(BadInputError, match=problem):
        read_samples(path, "rack")


def test_samples_of_another_facility_and_other_bytes_are_refused(rack_run, tmp_path):
    path = tmp_path / "samples.parquet"
    write_samples(rack_run.samples, path)
    with pytest.raises(BadInputError, match="another facility"):
        read_samples(path, "workstation")
    path.write_text("PAR1")
    with pytest.raises(BadInputError, match="smaller than the minimum"):
        read_samples(path, "rack")


def test_tables_are_cut_at_any_row(rack_run, monkeypatch):
    whole = pa.concat_tables(to_tables(rack_run.samples))
    monkeypatch.setattr(samples_file, "GROUP", 7)
    assert pa.concat_tables(to_tables(rack_run.samples)).to_pylist() == whole.to_pylist()


def test_no_sample_is_a_file_too(tmp_path):
    write_samples(replace(collect(()), facility="rack"), tmp_path / "samples.parquet")
    assert len(read_samples(tmp_path / "samples.parquet", "rack")) == 0
