import json
from dataclasses import replace

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.evidence import LaunchSiteReport, RawOutput
from millwright.results.ingest import ingest
from millwright.results.parsers.reframe import parse_report
from millwright.results.session import open_session


@pytest.fixture
def seat(session_folder):
    return open_session(session_folder).read()


@pytest.fixture
def report_data(session_folder):
    return json.loads(session_folder.report.read_text())


def changed(seat, data, check, **values):
    """The same session with other values in the report of one case."""
    for case in data["runs"][0]["testcases"]:
        if case["name"] == check:
            case.update(values)
    return replace(seat, report=parse_report(json.dumps(data), "report.json"))


def with_output(seat, check, change):
    raw = {
        folder: replace(output, stdout=change(output.stdout.read_text()))
        if folder.endswith(f"/{check}")
        else output
        for folder, output in seat.raw.items()
    }
    return replace(seat, raw=raw)


def reasons(found, check):
    return [reason for case in found.rejected if case.origin.check == check for reason in case.reasons]


def counted(found):
    return {case.origin.check for case in found.counted}


def test_a_real_session_is_sorted_into_counted_and_rejected(seat):
    found = ingest([seat], facility="rack", registry=shipped_checks(), emulated=frozenset({"dare"}))
    assert counted(found) == {"MemoryBandwidth", "Gemm", "RiscvVector"}
    assert {case.origin.check for case in found.rejected} == {
        "MpiPointToPoint",
        "MpiAllReduce",
        "AcceleratorGemm",
        "AntennaAccess",
    }
    assert {sample.check for sample in found.samples} == counted(found)
    assert {sample.emulated for sample in found.samples if sample.partition == "dare"} == {True}
    assert {sample.emulated for sample in found.samples if sample.partition == "cpu"} == {False}
    assert list(found.samples) == sorted(found.samples)


def test_a_missed_reference_still_counts_because_the_verdict_is_ours(seat):
    found = ingest([seat], facility="rack", registry=shipped_checks())
    assert len([sample for sample in found.samples if sample.check == "Gemm"]) == 2 * 2 * 8


def test_a_job_that_exits_with_3_does_not_count_although_its_output_looks_right(seat):
    found = ingest([seat], facility="rack", registry=shipped_checks())
    assert reasons(found, "MpiPointToPoint") == ["its job exited with 3", "its job ended as FAILURE"]


def test_a_job_killed_by_its_time_limit_does_not_count_although_its_output_looks_right(seat):
    output = next(
        raw.stdout.read_text() for folder, raw in seat.raw.items() if folder.endswith("MpiAllReduce")
    )
    assert '"probe": "done"' in output
    assert any(
        "job timed out" in reason
        for reason in reasons(ingest([seat], facility="rack", registry=shipped_checks()), "MpiAllReduce")
    )


@pytest.mark.parametrize(
    "state", ["TIMEOUT", "CANCELLED", "NODE_FAIL", "OUT_OF_MEMORY", "COMPLETED,TIMEOUT", ""]
)
def test_a_job_in_a_bad_state_does_not_count_although_slurm_says_exit_code_0(seat, report_data, state):
    seat = changed(seat, report_data, "MemoryBandwidth", job_state=state, job_exitcode=0)
    found = ingest([seat], facility="rack", registry=shipped_checks())
    assert reasons(found, "MemoryBandwidth") == [f"its job ended as {state}"]
    assert not [sample for sample in found.samples if sample.check == "MemoryBandwidth"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"job_exitcode": None}, "the exit code of its job is not known"),
        ({"job_exitcode": "<undefined>"}, "the exit code of its job is not known"),
        ({"job_exitcode": -9}, "its job exited with -9"),
        ({"job_state": None}, "the final state of its job is not known"),
        ({"jobid": None}, "no job ran"),
        ({"system": "other"}, "ran on system 'other', expected 'rack'"),
        ({"name": "Nonsense"}, "'Nonsense' is no check whose metrics are known"),
        ({"result": "fail", "fail_phase": "sanity", "fail_reason": "3 != 0"}, "failed in sanity: 3 != 0"),
        ({"result": "fail", "fail_phase": "run", "fail_reason": None}, "failed in run: no reason given"),
        ({"result": "xfail"}, "ended as xfail: no reason given"),
        ({"result": "abort", "fail_reason": "interrupted"}, "ended as abort: interrupted"),
    ],
)
def test_what_is_not_known_to_be_good_does_not_count(seat, report_data, values, reason):
    seat = changed(seat, report_data, "MemoryBandwidth", **values)
    found = ingest([seat], facility="rack", registry=shipped_checks())
    assert "MemoryBandwidth" not in counted(found)
    assert reason in reasons(found, values.get("name", "MemoryBandwidth"))


def test_a_state_of_slurm_that_ended_well_counts(seat, report_data):
    seat = changed(seat, report_data, "MemoryBandwidth", job_state="COMPLETED,COMPLETED")
    assert "MemoryBandwidth" in counted(ingest([seat], facility="rack", registry=shipped_checks()))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text[: len(text) // 2], "incomplete"),
        (lambda _: "", "no valid sample"),
        (lambda _: None, "output of its job is missing"),
    ],
)
def test_output_that_is_not_whole_does_not_count(seat, change, reason):
    found = ingest([with_output(seat, "MemoryBandwidth", change)], facility="rack", registry=shipped_checks())
    assert any(reason in text for text in reasons(found, "MemoryBandwidth"))
    assert not [sample for sample in found.samples if sample.check == "MemoryBandwidth"]


def places(found, check):
    return {sample.node for sample in found.samples if sample.check == check}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("GB/s", "GiB/s", 1), "unit of copy_bw is 'GiB/s'"),
        (lambda text: text.replace('"probe": "done"', '"probe": "over"', 1), "never said that it was done"),
        (lambda text: text + text.splitlines()[1].replace('"rep": 0', '"rep": 90') + "\n", "prints on after"),
        (lambda text: text.replace('"rep": 0', '"rep": 1', 1), "rep 1 on rack-c1 stands 2 times"),
    ],
)
def test_a_fault_of_one_node_spoils_only_its_values(seat, change, reason):
    found = ingest([with_output(seat, "MemoryBandwidth", change)], facility="rack", registry=shipped_checks())
    (rejected,) = [case for case in found.rejected if case.origin.check == "MemoryBandwidth"]
    assert any(reason in text for text in rejected.reasons)
    assert (rejected.node, rejected.origin.nodes) == ("rack-c1", ("rack-c1",))
    assert "rack-c2" in places(found, "MemoryBandwidth")
    assert "MemoryBandwidth" in counted(found)


def test_a_fault_of_one_metric_leaves_the_others_of_the_node(seat):
    change = lambda text: text.replace('"rep": 0', '"rep": 1', 1)  # noqa: E731
    found = ingest([with_output(seat, "MemoryBandwidth", change)], facility="rack", registry=shipped_checks())
    left = {s.metric for s in found.samples if (s.check, s.node) == ("MemoryBandwidth", "rack-c1")}
    assert left == {"add_bw", "scale_bw", "triad_bw"}


def test_samples_of_a_node_that_the_job_did_not_run_on_do_not_count(seat, report_data):
    seat = changed(seat, report_data, "MemoryBandwidth", job_nodelist=["rack-c1"])
    found = ingest([seat], facility="rack", registry=shipped_checks())
    assert places(found, "MemoryBandwidth") == {"rack-c1"}
    assert reasons(found, "MemoryBandwidth") == ["values of rack-c2, which the job did not run on"]
    nowhere = changed(seat, report_data, "MemoryBandwidth", job_nodelist=[])
    assert places(ingest([nowhere], facility="rack", registry=shipped_checks()), "MemoryBandwidth") == set()


def test_a_local_job_speaks_for_the_node_that_the_check_chose(seat, report_data):
    """Its node list is this machine's name, which need not be the facility's."""
    seat = changed(seat, report_data, "MemoryBandwidth", job_nodelist=["vm"], nodes_taken=["rack-c2"])
    assert places(ingest([seat], facility="rack", registry=shipped_checks()), "MemoryBandwidth") == {
        "rack-c2"
    }


def with_times(seat, check, seconds):
    return with_output(
        seat, check, lambda text: text.replace('"device": ""', f'"device": "", "started": {seconds}')
    )


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (1795454409, "began before its job"),
        (1795454600, "began after the end of its job"),
        (0, "before its job"),
    ],
)
def test_samples_from_another_time_than_their_job_do_not_count(seat, seconds, reason):
    found = ingest([with_times(seat, "MemoryBandwidth", seconds)], facility="rack", registry=shipped_checks())
    assert places(found, "MemoryBandwidth") == set()
    assert all(reason in text for text in reasons(found, "MemoryBandwidth"))


def test_each_sample_carries_its_start_and_its_job(seat):
    found = ingest(
        [with_times(seat, "MemoryBandwidth", 1795454509.25)], facility="rack", registry=shipped_checks()
    )
    told = {(s.started, s.job_id, s.case) for s in found.samples if s.check == "MemoryBandwidth"}
    assert told == {(1795454509250000, "12607", "MemoryBandwidth")}


def test_a_node_that_failed_explains_the_end_of_its_job(seat, report_data):
    cut = with_output(
        seat, "MemoryBandwidth", lambda text: text.replace('"probe": "done"', '"probe": "cut"', 1)
    )
    failed = {"job_exitcode": 3, "job_state": "FAILED"}
    found = ingest(
        [changed(cut, report_data, "MemoryBandwidth", **failed)], facility="rack", registry=shipped_checks()
    )
    assert places(found, "MemoryBandwidth") == {"rack-c2"}
    whole = ingest(
        [changed(seat, report_data, "MemoryBandwidth", **failed)], facility="rack", registry=shipped_checks()
    )
    assert places(whole, "MemoryBandwidth") == set()
    assert reasons(whole, "MemoryBandwidth") == ["its job exited with 3", "its job ended as FAILED"]


def test_a_silent_node_is_named_with_the_end_of_its_job(seat, report_data):
    failed = {"job_exitcode": 3, "job_state": "FAILED", "job_nodelist": ["rack-c1", "rack-c2", "rack-c4"]}
    found = ingest(
        [changed(seat, report_data, "MemoryBandwidth", **failed)], facility="rack", registry=shipped_checks()
    )
    (rejected,) = [case for case in found.rejected if case.origin.check == "MemoryBandwidth"]
    assert rejected.node == "rack-c4"
    assert rejected.reasons == (
        "rack-c4 printed nothing, and its job exited with 3 and its job ended as FAILED",
    )
    assert places(found, "MemoryBandwidth") == {"rack-c1", "rack-c2"}


def test_a_case_without_a_folder_has_no_output(seat, report_data):
    seat = changed(seat, report_data, "MemoryBandwidth", stagedir="/elsewhere/x")
    assert reasons(ingest([seat], facility="rack", registry=shipped_checks()), "MemoryBandwidth") == [
        "output of its job is missing"
    ]


def test_repetitions_of_a_repeated_case_are_numbered_on_and_none_is_lost(seat):
    twice = ingest([seat, replace(seat, seat="again")], facility="rack", registry=shipped_checks())
    series = [s for s in twice.samples if (s.check, s.metric, s.node) == ("Gemm", "fp64_rate", "rack-c1")]
    assert [sample.rep for sample in series] == list(range(16))
    assert [sample.value for sample in series[:8]] == [sample.value for sample in series[8:]]


def test_a_fixture_that_passed_is_left_out_and_one_that_failed_is_rejected(seat, report_data):
    passed = changed(seat, report_data, "MemoryBandwidth", fixture=True, name="build ~rack")
    found = ingest([passed], facility="rack", registry=shipped_checks())
    assert "build" not in counted(found)
    assert not reasons(found, "build")
    failed = changed(
        seat, report_data, "build ~rack", result="fail", fail_phase="compile", fail_reason="no gcc"
    )
    assert "failed in compile: no gcc" in reasons(
        ingest([failed], facility="rack", registry=shipped_checks()), "build"
    )


def test_a_rejection_names_job_nodes_and_files(seat):
    rejected = next(
        c
        for c in ingest([seat], facility="rack", registry=shipped_checks()).rejected
        if c.origin.check == "MpiPointToPoint"
    )
    assert rejected.origin.nodes == ("rack-c1", "rack-c2")
    assert rejected.origin.job_id
    assert "sessions/rack-login/raw/rack/cpu/gnu/MpiPointToPoint/rfm_job.out" in rejected.origin.files


def test_many_and_long_reasons_are_cut_with_a_count(seat):
    noise = "\n".join("{broken" + "x" * 10 for _ in range(500))
    found = ingest(
        [with_output(seat, "MemoryBandwidth", lambda _: noise)], facility="rack", registry=shipped_checks()
    )
    texts = reasons(found, "MemoryBandwidth")
    assert len(texts) == 21
    assert texts[-1] == "and 481 more"


def test_an_empty_session_of_evidence_gives_nothing(seat):
    bare = LaunchSiteReport(seat.seat, seat.report, {folder: RawOutput() for folder in seat.raw})
    found = ingest([bare], facility="rack", registry=shipped_checks())
    assert (len(found.samples), found.counted) == (0, ())
    assert len(found.rejected) == 7


def test_a_reason_is_cut_at_500_characters_and_20_reasons_are_listed_whole(seat, report_data):
    long = changed(seat, report_data, "MemoryBandwidth", result="abort", fail_reason="x" * 600)
    (reason,) = reasons(ingest([long], facility="rack", registry=shipped_checks()), "MemoryBandwidth")
    assert len(reason) == 500
    noise = "\n".join("{broken" for _ in range(19))
    found = ingest(
        [with_output(seat, "MemoryBandwidth", lambda _: noise)], facility="rack", registry=shipped_checks()
    )
    assert len(reasons(found, "MemoryBandwidth")) == 20
    assert reasons(found, "MemoryBandwidth")[-1] == "incomplete: no valid sample"


def test_a_third_case_goes_on_where_the_second_ended(seat):
    thrice = ingest(
        [replace(seat, seat=name) for name in ("a", "b", "c")], facility="rack", registry=shipped_checks()
    )
    for node in ("rack-c1", "rack-c2"):
        series = [s.rep for s in thrice.samples if (s.check, s.metric, s.node) == ("Gemm", "fp64_rate", node)]
        assert series == list(range(24))


def variants(seat, data, *cases):
    """The session with its MemoryBandwidth case once for each (name, environment, value factor)."""
    (case,) = (case for case in data["runs"][0]["testcases"] if case["name"] == "MemoryBandwidth")
    folder = seat.report.session.folder_of(
        next(each for each in seat.report.cases if each.check == "MemoryBandwidth")
    )
    stdout, raw, made = seat.raw[folder].stdout.read_text(), {}, []
    for number, (name, environ, factor) in enumerate(cases):
        place = case["stagedir"].replace("MemoryBandwidth", f"variant{number}")
        unique = f"variant{number}"
        made.append({**case, "name": name, "unique_name": unique, "environ": environ, "stagedir": place})
        lines = [json.loads(line) if line.startswith("{") else line for line in stdout.splitlines()]
        for line in lines:
            if isinstance(line, dict) and "value" in line:
                line["value"] *= factor
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        raw[folder.replace("MemoryBandwidth", f"variant{number}")] = RawOutput(text)
    session = {**data["session_info"], "num_cases": len(made)}
    report = {"session_info": session, "runs": [{**data["runs"][0], "testcases": made}]}
    return replace(seat, report=parse_report(json.dumps(report), "report.json"), raw=raw)


@pytest.mark.parametrize(
    ("cases", "keys"),
    [
        (
            [("MemoryBandwidth %size=L2", "gnu", 10), ("MemoryBandwidth %size=DRAM", "gnu", 1)],
            {("size=L2", "gnu"), ("size=DRAM", "gnu")},
        ),
        (
            [("MemoryBandwidth", "gnu", 10), ("MemoryBandwidth", "clang", 1)],
            {("", "gnu"), ("", "clang")},
        ),
    ],
)
def test_variants_and_environments_are_series_of_their_own(seat, report_data, cases, keys):
    """Pooled, they would be one series of twice the repetitions with a median that nothing has."""
    plain = ingest([variants(seat, report_data, cases[0])], facility="rack", registry=shipped_checks())
    found = ingest([variants(seat, report_data, *cases)], facility="rack", registry=shipped_checks())
    assert {(s.parameters, s.environment) for s in found.samples} == keys
    assert len(found.samples) == 2 * len(plain.samples)
    assert max(s.rep for s in found.samples) == max(s.rep for s in plain.samples)
    assert {(c.origin.parameters, c.origin.environment) for c in found.counted} == keys


def test_repeats_of_one_variant_stay_one_series(seat, report_data):
    repeats = [(f"MemoryBandwidth %size=L2 %.repeat_no={n}", "gnu", 1) for n in range(2)]
    found = ingest([variants(seat, report_data, *repeats)], facility="rack", registry=shipped_checks())
    assert {s.parameters for s in found.samples} == {"size=L2"}
    first = next(iter(found.samples)).node
    series = [s.rep for s in found.samples if (s.metric, s.node) == ("triad_bw", first)]
    assert series == list(range(len(series)))
