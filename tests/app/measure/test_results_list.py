"""Stored runs of a facility, and what is not counted as one."""

import shutil

from millwright.app.context import Context
from millwright.app.measure.results_list import list_results


def test_leftovers_are_listed_apart_and_warned_of(stored_run):
    (stored_run.parent / ".incoming-20270101T000000Z-00000000").mkdir()
    warnings = []
    found = list_results(Context(warn=warnings.append), "rack", stored_run.parents[1])
    assert [(run.run, run.started) for run in found.runs] == [(stored_run.name, "2026-11-23T17:21:47Z")]
    assert len(found.leftovers) == len(warnings) == 1
    assert warnings[0].startswith("not counted: ")
    assert warnings[0].endswith(".incoming-20270101T000000Z-00000000: no complete run")


def test_a_run_that_cannot_be_read_is_shown_with_the_others(stored_run):
    broken = stored_run.with_name("20270101T000000Z-00000000")
    shutil.copytree(stored_run, broken)
    (broken / "run.json").chmod(0o644)
    (broken / "run.json").write_text("{")
    found = list_results(Context(), "rack", stored_run.parents[1])
    assert [run.started for run in found.runs] == ["2026-11-23T17:21:47Z", "unreadable"]


def test_an_unknown_facility_has_an_empty_list(tmp_path):
    assert list_results(Context(), "elsewhere", tmp_path).runs == ()
