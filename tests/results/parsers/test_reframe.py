import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.core.errors import BadInputError
from millwright.results.parsers.reframe import parse_report

DATA = Path(__file__).parents[2] / "data" / "reframe"
SESSION = (DATA / "session" / "run-report.json").read_text()


@pytest.fixture
def data():
    return json.loads(SESSION)


def first_case(data):
    return data["runs"][0]["testcases"][0]


def problems_of(text):
    with pytest.raises(BadInputError) as caught:
        parse_report(text, "report.json")
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def test_a_real_report_gives_its_cases():
    report = parse_report(SESSION, "report.json")
    cases = {case.check: case for case in report.cases}
    assert len(cases) == 7
    assert (cases["MemoryBandwidth"].result, cases["MemoryBandwidth"].exit_code) == ("pass", 0)
    assert cases["MemoryBandwidth"].nodes_left_out == {"rack-c3": "drained: fan"}
    assert (cases["Gemm"].result, cases["Gemm"].fail_phase) == ("fail", "performance")
    assert (cases["MpiPointToPoint"].result, cases["MpiPointToPoint"].exit_code) == ("pass", 3)
    assert (cases["MpiAllReduce"].fail_phase, cases["MpiAllReduce"].job_state) == ("run", "TIMEOUT")
    assert (cases["AcceleratorGemm"].result, cases["AcceleratorGemm"].job_id) == ("skip", None)
    assert (cases["AntennaAccess"].partition, cases["AntennaAccess"].fail_phase) == ("coast", "sanity")
    assert {case.system for case in report.cases} == {"rack"}
    assert report.session.version == "4.10.4"
    assert report.session.folder_of(cases["Gemm"]) == "rack/cpu/gnu/Gemm"


def test_a_retried_case_stands_once_for_each_run():
    report = parse_report((DATA / "retried.json").read_text(), "retried.json")
    assert [(case.check, case.run_index, report.session.folder_of(case)) for case in report.cases] == [
        ("Gemm", 0, "rack/cpu/gnu/Gemm"),
        ("Gemm", 1, "rack/cpu/gnu/Gemm_retry1"),
    ]


def test_parameters_do_not_change_the_name_of_a_series(data):
    first_case(data)["name"] = "Gemm %precision=fp64 x %size=8"
    assert parse_report(json.dumps(data), "r").cases[0].check == "Gemm"


def test_a_dry_run_is_refused():
    assert any("a dry run" in line for line in problems_of((DATA / "dry_run.json").read_text()))


def test_a_dry_run_is_refused_although_its_command_line_does_not_say_so():
    data = json.loads((DATA / "dry_run.json").read_text())
    data["session_info"]["cmdline"] = "reframe --dry -C settings.py"
    assert any("a dry run" in line for line in problems_of(json.dumps(data)))


@pytest.mark.parametrize("runs", [[], [{"testcases": [], "num_cases": 0, "num_failures": 0}]])
def test_a_report_without_a_case_is_refused(data, runs):
    data["runs"] = runs
    data["session_info"]["num_cases"] = 0
    assert problems_of(json.dumps(data)) == [
        "report.json: runs: holds no case: no check was selected, expected at least one case [MW6054]"
    ]


@settings(max_examples=60)
@given(st.integers(0, len(SESSION.rstrip()) - 1))
def test_a_report_cut_anywhere_is_refused(cut):
    assert any("not JSON" in line for line in problems_of(SESSION[:cut]))


@pytest.mark.parametrize("version", ["3.1", "5.0", "", "x"])
def test_a_report_of_another_version_is_refused(data, version):
    data["session_info"]["data_version"] = version
    assert problems_of(json.dumps(data)) == [
        f"report.json: session_info.data_version: unknown version {version!r}, expected 4.x [MW6052]"
    ]


@pytest.mark.parametrize("version", [None, 4.2, {}])
def test_a_report_without_a_version_is_refused(data, version):
    data["session_info"]["data_version"] = version
    assert any("session_info.data_version" in line for line in problems_of(json.dumps(data)))


def test_a_report_that_lost_a_case_is_refused(data):
    del data["runs"][0]["testcases"][-1]
    assert any("says 7 cases, 6 are there" in line for line in problems_of(json.dumps(data)))


def test_a_case_that_stands_twice_is_refused(data):
    data["runs"][0]["testcases"].append(first_case(data))
    data["session_info"]["num_cases"] += 1
    assert any("MemoryBandwidth: occurs twice for cpu+gnu" in line for line in problems_of(json.dumps(data)))


@pytest.mark.parametrize(
    ("key", "value"),
    [("job_exitcode", "0"), ("job_exitcode", True), ("result", None), ("name", ""), ("name", " Gemm")],
)
def test_a_case_with_a_value_of_the_wrong_type_is_refused(data, key, value):
    first_case(data)[key] = value
    assert any(f"runs.0.testcases.0.{key}" in line for line in problems_of(json.dumps(data)))


def test_every_problem_is_listed_at_once(data):
    first_case(data)["result"] = 1
    first_case(data)["system"] = None
    del data["session_info"]["uuid"]
    assert len(problems_of(json.dumps(data))) == 3


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '"x"', "[" * 100_000, '{"session_info": 3}', "\0"])
def test_what_is_no_report_is_refused(text):
    assert problems_of(text)


def test_what_reframe_calls_undefined_is_unknown(data):
    case = first_case(data)
    for key in ("job_exitcode", "jobid", "job_state", "job_nodelist", "keep_files", "nodes_left_out"):
        case[key] = "<undefined>"
    case = parse_report(json.dumps(data), "r").cases[0]
    assert (case.exit_code, case.job_id, case.job_state) == (None, None, None)
    assert (case.nodes, case.keep_files, case.nodes_left_out) == ((), (), {})


@pytest.mark.parametrize(
    "folder",
    [
        None,
        "/etc",
        "/srv/bench/rack/stage",
        "/srv/bench/rack/stage/../../etc",
        "rack/cpu",
        "/srv/bench/rack/stagex/a",
    ],
)
def test_a_folder_outside_of_the_stage_is_no_folder_of_a_case(data, folder):
    first_case(data)["stagedir"] = folder
    report = parse_report(json.dumps(data), "r")
    assert report.session.folder_of(report.cases[0]) is None
