"""A run whose conclusions were altered and sealed again is contradicted by its own raw output."""

import json
from dataclasses import replace

import numpy as np
import pytest

from millwright.results.manifest import MANIFEST, sum_file, write_sums
from millwright.results.rederive import rederive
from millwright.results.runs import load_run
from millwright.results.samples import collect
from millwright.results.samples_file import write_samples


def seal(path):
    files = [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(MANIFEST)]
    (path / MANIFEST).chmod(0o644)
    (path / MANIFEST).write_text(write_sums({str(file.relative_to(path)): sum_file(file) for file in files}))
    return load_run(path)


def write(path, text):
    path.chmod(0o644)
    path.write_text(text)


def with_samples(path, samples):
    (path / "samples.parquet").chmod(0o644)
    write_samples(samples, path / "samples.parquet")
    return seal(path)


def test_what_was_stored_is_what_its_output_gives(stored_run):
    assert rederive(load_run(stored_run)) == ()


def test_samples_times_100_are_found_series_by_series(stored_run):
    samples = load_run(stored_run).samples
    first, *_, last = rederive(with_samples(stored_run, replace(samples, value=samples.value * 100)))
    assert first.endswith("its samples are not those of the raw output")
    assert last == "and 13 more series"


@pytest.mark.parametrize(
    "change",
    [
        lambda row: replace(row, node="rack-c9") if row.node == "rack-c2" else row,
        lambda row: replace(row, unit="TB/s"),
        lambda row: replace(row, emulated=not row.emulated),
        lambda row: replace(row, job_id="1"),
        lambda row: replace(row, started=1),
        lambda row: replace(row, rep=row.rep + 1),
        lambda row: replace(row, environment="other"),
    ],
)
def test_any_column_that_was_altered_is_found(stored_run, change):
    rows = map(change, load_run(stored_run).samples)
    assert rederive(with_samples(stored_run, collect(rows)))


def test_a_repetition_that_was_taken_away_is_found(stored_run):
    rows = [row for row in load_run(stored_run).samples if (row.check, row.rep) != ("Gemm", 0)]
    differences = rederive(with_samples(stored_run, collect(rows)))
    assert all(" of Gemm " in line for line in differences[:3])
    assert differences[3:] == ("and 1 more series",)


def test_a_rejection_that_was_taken_away_is_found(stored_run):
    kept = (stored_run / "rejected.jsonl").read_text().splitlines(keepends=True)[1:]
    write(stored_run / "rejected.jsonl", "".join(kept))
    (difference,) = rederive(seal(stored_run))
    assert "is rejected by its raw output and not as stored" in difference


def test_a_session_that_lasted_otherwise_is_found(stored_run):
    info = json.loads((stored_run / "run.json").read_text())
    info["sessions"][0]["finished"] = "2026-11-23T17:21:52Z"
    write(stored_run / "run.json", json.dumps(info))
    assert rederive(seal(stored_run)) == ("run.json says of the session rack-login what its report does not",)


def test_output_that_was_altered_is_found_too(stored_run):
    output = stored_run / "sessions/rack-login/raw/rack/cpu/gnu/Gemm/rfm_job.out"
    write(output, output.read_text().replace("50.0", "90.0"))
    assert rederive(seal(stored_run))


def test_a_report_that_can_not_be_read_again_is_named(stored_run):
    write(stored_run / "sessions/rack-login/run-report.json", "{")
    (difference,) = rederive(seal(stored_run))
    assert "its raw output can't be read again" in difference


def test_equal_samples_with_other_codes_are_equal(stored_run):
    """Another order of names in the columns is no difference."""
    run = load_run(stored_run)
    names = run.samples.node.names[::-1]
    codes = np.array([names.index(name) for name in run.samples.node.names], dtype=np.int32)
    node = replace(run.samples.node, codes=codes[run.samples.node.codes], names=names)
    assert rederive(replace(run, samples=replace(run.samples, node=node))) == ()
