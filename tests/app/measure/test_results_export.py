"""Samples as one table."""

import csv
from dataclasses import replace

import pytest

from millwright.app.context import Context
from millwright.app.measure import results_export
from millwright.app.measure.results_export import ExportRequest, export_results
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError
from millwright.results.session import open_session
from millwright.results.storing import store_run


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_newest_run_is_written_whole(stored_run, rack_run, tmp_path):
    file = tmp_path / "samples.csv"
    found = export_results(Context(), ExportRequest("rack", file, results=stored_run.parents[1]))
    assert found.runs == (stored_run.name,)
    assert len(rows_of(file)) == found.samples == len(rack_run.samples)


@pytest.fixture
def two_runs(stored_run, monkeypatch, rack_run, run_info, session_folder):
    """A second, newer run; its content is that of the first, since only the choice is tried here."""
    info = replace(run_info, run_id="20270101T000000Z-00000000")
    newer = store_run(
        stored_run.parents[1], info, b"", [open_session(session_folder)], registry=shipped_checks()
    )
    loaded = []
    monkeypatch.setattr(
        results_export, "open_run", lambda path, _trust: (loaded.append(path.name), (rack_run, None))[1]
    )
    return stored_run, newer, loaded


def test_only_all_writes_every_run(two_runs, tmp_path):
    older, newer, loaded = two_runs
    request = ExportRequest("rack", tmp_path / "x.csv", results=older.parents[1])
    export_results(Context(), request)
    assert loaded == [newer.name]
    loaded.clear()
    export_results(Context(), ExportRequest("rack", tmp_path / "x.csv", None, True, older.parents[1]))
    assert loaded == [older.name, newer.name]


def test_one_run_and_all_runs_are_refused(stored_run, tmp_path):
    request = ExportRequest("rack", tmp_path / "x.csv", stored_run.name, True, stored_run.parents[1])
    with pytest.raises(BadInputError, match="one of them"):
        export_results(Context(), request)
    assert not request.to.exists()
