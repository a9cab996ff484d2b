"""Stored runs of a facility, and what is not counted as one."""

import json
import shutil
from dataclasses import replace

import pytest

from millwright.app.context import Context
from millwright.app.measure.results_list import list_results
from millwright.app.measure.results_verify import VerifyRequest, verify_results
from millwright.results.begin import begin_run, end_refused


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
    assert [run.started for run in found.runs] == ["unreadable", "2026-11-23T17:21:47Z"]
    assert [run.number for run in found.runs] == [None, 1]


def test_runs_that_were_never_stored_and_gaps_are_listed(stored_run, run_info):
    results = stored_run.parents[1]
    killed = begin_run(results, replace(run_info, run_id="20250101T000000Z-00000000"), b"")
    begin_run(results, replace(run_info, run_id="20260101T000000Z-00000000"), b"")
    (results / "rack" / ".begun" / f"{killed.run_id}.json").unlink()
    warnings = []
    found = list_results(Context(warn=warnings.append), "rack", results)
    assert [(run.number, run.state) for run in found.runs] == [(1, "complete"), (3, "begun only")]
    assert found.breaks == ("number 2 is missing: no run and no begun record is there",)
    assert warnings == [f"the chain is broken: {found.breaks[0]}"]


def test_an_unknown_facility_has_an_empty_list(tmp_path):
    assert list_results(Context(), "elsewhere", tmp_path).runs == ()


def test_a_run_that_was_refused_before_its_first_case_says_so(stored_run, run_info):
    results = stored_run.parents[1]
    info = begin_run(results, replace(run_info, run_id="20260101T000000Z-00000000"), b"")
    end_refused(results, info, "check.py: can't be loaded:\n line 3", None)
    found = list_results(Context(), "rack", results)
    last = found.runs[-1]
    assert (last.number, last.state, last.refusal) == (2, "refused", "check.py: can't be loaded: line 3")
    verified = verify_results(Context(), VerifyRequest("rack", results=results))
    assert verified.chain.refused == (f"{info.run_id}: check.py: can't be loaded: line 3",)
    assert (verified.ok, verified.chain.never_stored) == (True, ())


@pytest.mark.parametrize("change", ["another record", "unreadable", "stored"])
def test_a_refusal_that_does_not_fit_is_a_break(stored_run, run_info, change):
    results = stored_run.parents[1]
    run_id = stored_run.name if change == "stored" else "20260101T000000Z-00000000"
    info = begin_run(results, replace(run_info, run_id=run_id), (stored_run / "facility.yaml").read_bytes())
    end_refused(results, info, "no check is selected", None)
    refusal = results / "rack" / ".begun" / f"{run_id}.refused.json"
    refusal.chmod(0o644)
    text = refusal.read_text()
    if change == "another record":
        refusal.write_text(text.replace(json.loads(text)["begun_sha256"], "0" * 64))
    elif change == "unreadable":
        refusal.write_text("{")
    (line,) = list_results(Context(), "rack", results).breaks
    assert run_id in line
