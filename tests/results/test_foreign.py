"""Cases of foreign checks: what counts, under which name, and what hostile text does (nothing)."""

import json
from pathlib import Path

import pytest

from millwright.checks.registry import make_registry
from millwright.results.evidence import LaunchSiteReport, RawOutput
from millwright.results.foreign import suite_of_seat
from millwright.results.ingest import ingest
from millwright.results.parsers.reframe import Report

GOOD = {
    "name": "LAB_Latency %message=8",
    "unique_name": "LAB_Latency_0",
    "system": "rack",
    "partition": "cpu",
    "environ": "gnu",
    "result": "pass",
    "fail_phase": None,
    "fail_reason": None,
    "filename": "latency.py",
    "jobid": "17",
    "job_exitcode": 0,
    "job_state": "COMPLETED",
    "job_nodelist": ["rack-c2", "rack-c1"],
    "perfvalues": {
        "rack:cpu:lat": [1.37, 1.0, None, 0.05, "us", "fail"],
        "rack:cpu:Bandwidth": [11873, 0, None, None, "MB/s", "pass"],
    },
}
CASES = json.loads((Path(__file__).parents[1] / "data" / "foreign" / "cases.json").read_text())


def ingested(*cases, seat="foreign-lab"):
    session = {"uuid": "u", "data_version": "4.2", "hostname": "h", "time_start_unix": 1, "time_end_unix": 2}
    report = Report.model_validate({"session_info": session, "runs": [{"testcases": list(cases)}]})
    site = LaunchSiteReport(seat, report, {"": RawOutput()})
    return ingest([site], facility="rack", registry=make_registry([]))


def test_values_keep_their_units_under_the_name_of_the_suite():
    found = ingested(GOOD)
    series = found.samples.series
    assert {(s.check, s.parameters, s.environment, s.node) for s in series} == {
        ("lab.LAB_Latency", "message=8", "gnu", "rack-c[1-2]")
    }
    assert [(s.metric, s.unit, list(s.values)) for s in series] == [
        ("Bandwidth", "MB/s", [11873.0]),
        ("lat", "us", [1.37]),
    ]
    assert found.rejected == ()


def test_repeats_of_a_case_are_one_series():
    found = ingested(*({**GOOD, "unique_name": f"LAB_Latency_{n}"} for n in range(6)))
    assert {len(series.values) for series in found.samples.series} == {6}
    assert len(found.counted) == 6


def test_a_check_without_values_counts_by_its_sanity_alone():
    found = ingested({**GOOD, "perfvalues": None})
    assert [counted.metrics for counted in found.counted] == [()]
    assert len(found.samples) == 0


def test_a_missed_reference_of_its_own_is_a_remark():
    missed = {"result": "fail", "fail_phase": "performance", "fail_reason": "lat=1.37 us,\nexpected 1.0"}
    (counted,) = ingested({**GOOD, **missed}).counted
    assert counted.remarks == "missed a reference of its own (lat=1.37 us, expected 1.0)"


def test_a_value_of_hardly_any_digit_is_remarked():
    values = {"r:c:svd": [0.0, 0, None, None, "s"], "r:c:inv": [0.05, 0, None, None, "s"]}
    (counted,) = ingested({**GOOD, "perfvalues": values}).counted
    assert counted.remarks == "inv has 1 significant digit; svd is 0"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_not_sound_does_not_count(case):
    found = ingested({**GOOD, **case["change"]})
    assert found.counted == ()
    assert len(found.samples) == 0
    (rejected,) = found.rejected
    origin = rejected.origin
    assert case["reason"] in "; ".join(rejected.reasons)
    shown = json.dumps([origin.case, origin.partition, origin.environment, origin.nodes, rejected.reasons])
    assert not any(text in shown for text in ("\\u001b", "\\u202e", "\\n"))
    assert len(shown) < 5000


def test_a_metric_that_changes_its_unit_is_not_one_series():
    other = {"unique_name": "LAB_Latency_1", "perfvalues": {"rack:cpu:lat": [0.001, 0, None, None, "ms"]}}
    found = ingested(GOOD, {**GOOD, **other})
    assert {series.unit for series in found.samples.series} == {"us", "MB/s"}
    reasons = ("lat is in 'ms', in an earlier case it was in 'us'",)
    assert [rejected.reasons for rejected in found.rejected] == [reasons]


@pytest.mark.parametrize("seat", ["foreign-lab", "foreign-lab-2", "harness-2", "foreign-"])
def test_a_seat_names_its_suite(seat):
    assert suite_of_seat(seat) == ("lab" if "lab" in seat else "")
