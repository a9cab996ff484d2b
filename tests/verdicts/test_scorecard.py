from dataclasses import replace

import pytest
import yaml

from millwright.checks.declaration import Parameter
from millwright.checks.registry import Registry, shipped_checks
from millwright.core.errors import BadInputError, ExitCode
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility
from millwright.results.sample import Sample
from millwright.results.samples import collect
from millwright.verdicts.expectations import expected_value
from millwright.verdicts.scorecard import limit_to, score


@pytest.fixture
def scorecard(rack_facility, rack_run):
    return score(rack_facility, rack_run)


def rollups(scorecard):
    return {(r.check, r.metric): r for r in scorecard.rollups}


def only(facility, partition, checks):
    """The facility, expecting nothing but these checks of one partition."""
    data = facility.model_dump(mode="json", by_alias=True)
    for name, each in data["partitions"].items():
        each["checks"] = {
            check: {metric: each["checks"].get(check, {}).get(metric) for metric in metrics}
            for check, metrics in (checks if name == partition else {}).items()
        }
    for antenna in data["antennas"].values():
        antenna["checks"] = {}
    return Facility.model_validate(data)


def samples(node, values, check="MemoryBandwidth", metric="triad_bw", unit="GB/s", *, device=""):
    return tuple(
        Sample("rack", "cpu", check, metric, node, device, rep, value, unit, emulated=False)
        for rep, value in enumerate(values)
    )


def test_every_expected_value_has_a_row_and_a_verdict_or_no_reference(scorecard):
    assert {key: rollup.verdict for key, rollup in rollups(scorecard).items()} == {
        ("MemoryBandwidth", "triad_bw"): Verdict.NOT_MEASURED,
        ("MemoryBandwidth", "copy_bw"): Verdict.FAIL,
        ("MemoryBandwidth", "add_bw"): Verdict.NOT_MEASURED,
        ("Gemm", "fp64_rate"): Verdict.NOT_MEASURED,
        ("MpiPointToPoint", "latency"): Verdict.NOT_MEASURED,
        ("MpiAllReduce", "small_time"): Verdict.NOT_MEASURED,
        ("RiscvVector", "isa_baseline"): Verdict.PASS,
        ("AntennaAccess", "login_time"): Verdict.NOT_MEASURED,
    }
    assert len(scorecard.rows) == 3 + 3 + 3 + 3 + 1 + 1 + 1 + 1


def test_each_node_has_its_own_verdict(scorecard):
    def verdicts(metric):
        return [row.judgement.verdict for row in rollups(scorecard)["MemoryBandwidth", metric].rows]

    assert verdicts("triad_bw") == [Verdict.PASS, Verdict.PASS, Verdict.NOT_MEASURED]
    assert verdicts("copy_bw") == [Verdict.FAIL, Verdict.FAIL, Verdict.NOT_MEASURED]
    assert verdicts("add_bw") == [Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED]


def test_measured_values_without_a_reference_are_kept_and_not_judged(scorecard):
    row = rollups(scorecard)["Gemm", "fp64_rate"].rows[0]
    assert row.judgement.verdict is None
    assert row.judgement.interval.n == 8
    assert tuple(row.values) == (50.0, 50.1, 50.2, 50.3, 50.4, 50.5, 50.6, 50.7)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (("MemoryBandwidth", "triad_bw"), "rack-c3 took no job: drained: fan"),
        (("MpiPointToPoint", "latency"), "rejected: its job exited with 3; its job ended as FAILURE"),
        (("MpiAllReduce", "small_time"), "job timed out"),
        (
            ("AntennaAccess", "login_time"),
            "rejected: failed in sanity: sanity error: pattern '<b>welcome</b>'",
        ),
        (("Gemm", "fp64_rate"), "the check ran and printed no fp64_rate of rack-c3"),
    ],
)
def test_what_is_missing_says_why(scorecard, key, reason):
    assert reason in rollups(scorecard)[key].deciding.judgement.reason


def test_what_never_ran_says_so(rack_facility, rack_run):
    bare = replace(rack_run, samples=collect(()), counted=(), rejected=())
    assert {row.judgement.reason for row in score(rack_facility, bare).rows} == {"not run"}


def test_a_session_without_a_report_is_named_as_the_reason(rack_facility, rack_run):
    info = replace(rack_run.info, failed_sessions={"rack-antenna": "its report is cut"})
    run = replace(rack_run, info=info, rejected=())
    row = rollups(score(rack_facility, run))["AntennaAccess", "login_time"].deciding
    assert row.judgement.reason == "not run; rack-antenna left no usable report: its report is cut"


def test_a_node_that_was_not_available_is_named_as_the_reason(rack_facility, rack_run):
    info = replace(rack_run.info, unavailable_nodes={"rack-r1": "down: power"})
    run = replace(rack_run, info=info, samples=collect(()), rejected=())
    row = rollups(score(rack_facility, run))["RiscvVector", "isa_baseline"].deciding
    assert row.judgement.reason == "rack-r1 took no job: down: power"


def test_emulated_rows_are_marked(scorecard):
    assert {row.emulated for row in scorecard.rows if row.expectation.partition == "dare"} == {True}
    assert {row.emulated for row in scorecard.rows if row.expectation.partition == "cpu"} == {False}


def test_values_that_nothing_expects_are_listed_and_lost_nowhere(scorecard, rack_run):
    unexpected = {(series.check, series.metric) for series in scorecard.unexpected}
    assert unexpected == {
        ("Gemm", "fp32_rate"),
        ("MemoryBandwidth", "scale_bw"),
        ("RiscvVector", "vector_length"),
        ("RiscvVector", "kernel_mismatches"),
        ("RiscvVector", "triad_speedup"),
    }
    shown = sum(len(row.values) for row in scorecard.rows) + sum(len(s.values) for s in scorecard.unexpected)
    assert shown == len(rack_run.samples)
    assert len(scorecard.rejected) == 4


@pytest.mark.parametrize(
    "stray",
    [
        samples("rack-c9", [10.0] * 6),
        samples("rack-c1", [10.0] * 6, unit="GiB/s"),
        samples("rack-c[1-9]", [1.0] * 6, "MpiPointToPoint", "latency", "us"),
        samples("rack-c[1-", [1.0] * 6, "MpiPointToPoint", "latency", "us"),
    ],
)
def test_values_from_elsewhere_or_in_another_unit_answer_no_expectation(rack_facility, rack_run, stray):
    run = replace(rack_run, samples=collect(stray))
    scorecard = score(rack_facility, run)
    assert len(scorecard.unexpected) == 1
    assert all(row.judgement.verdict is Verdict.NOT_MEASURED for row in scorecard.rows)


def test_a_pair_of_the_partition_answers_for_the_partition(rack_facility, rack_run):
    pair = samples("rack-c[1-2]", [15.0] * 6, "MpiPointToPoint", "latency", "us")
    row = rollups(score(rack_facility, replace(rack_run, samples=collect(pair))))[
        "MpiPointToPoint", "latency"
    ].deciding
    assert (row.node, row.judgement.verdict) == ("rack-c[1-2]", Verdict.PASS)


def accelerated(facility, count):
    data = facility.model_dump(mode="json", by_alias=True)
    data["node_classes"]["virtual-cpu"]["accelerators"] = {"part": "h200", "count": count}
    return Facility.model_validate(data)


def test_a_device_that_was_not_measured_is_missing(rack_facility, rack_run):
    facility = accelerated(only(rack_facility, "cpu", {"Gemm": ["fp64_rate"]}), 3)
    devices = tuple(
        s
        for node in ("rack-c1", "rack-c2", "rack-c3")
        for device in ("0", "1", "2")
        for s in samples(node, [50.0] * 6, "Gemm", "fp64_rate", "GFLOP/s", device=device)
    )
    whole = score(facility, replace(rack_run, samples=collect(devices)))
    assert (len(whole.rows), whole.exit_code) == (9, ExitCode.OK)
    cut = tuple(s for s in devices if (s.node, s.device) != ("rack-c2", "1"))
    found = score(facility, replace(rack_run, samples=collect(cut)))
    assert found.exit_code == ExitCode.NOT_TESTED
    missing = found.rollups[0].deciding
    assert (missing.node, missing.judgement.reason) == ("rack-c2", "2 of 3 devices were measured")


def test_the_worst_place_decides_and_among_equals_the_smallest_margin(rack_facility, rack_run):
    facility = only(rack_facility, "cpu", {"MemoryBandwidth": ["triad_bw"]})
    values = {"rack-c1": 11.0, "rack-c2": 10.0, "rack-c3": 12.0}
    run = replace(rack_run, samples=collect(s for n, v in values.items() for s in samples(n, [v] * 6)))
    rollup = score(facility, run).rollups[0]
    assert (rollup.verdict, rollup.deciding.node) == (Verdict.PASS, "rack-c2")
    slow = replace(rack_run, samples=collect((*list(run.samples)[:12], *samples("rack-c3", [1.0] * 6))))
    assert score(facility, slow).rollups[0].deciding.node == "rack-c3"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([10.0] * 6, ExitCode.OK),
        ([1.0] * 6, ExitCode.FAIL),
        ([10.0] * 5, ExitCode.NOT_TESTED),
        ([8.0, 12.0] * 5, ExitCode.NOT_TESTED),
    ],
)
def test_the_exit_code_is_that_of_the_worst_verdict(rack_facility, rack_run, values, code):
    facility = only(rack_facility, "cpu", {"MemoryBandwidth": ["triad_bw"]})
    good = (*samples("rack-c1", [10.0] * 6), *samples("rack-c2", [10.0] * 6))
    run = replace(rack_run, samples=collect((*good, *samples("rack-c3", values))))
    assert score(facility, run).exit_code == code


def test_a_missing_node_is_not_all_good(rack_facility, rack_run):
    facility = only(rack_facility, "cpu", {"MemoryBandwidth": ["triad_bw"]})
    assert score(facility, rack_run).exit_code == ExitCode.NOT_TESTED


def test_a_fail_outweighs_what_is_missing(scorecard):
    assert scorecard.exit_code == ExitCode.FAIL


def test_a_facility_that_expects_nothing_is_not_all_good(rack_facility, rack_run):
    scorecard = score(only(rack_facility, "cpu", {}), rack_run)
    assert (scorecard.rows, scorecard.exit_code) == ((), ExitCode.NOT_TESTED)


def test_a_run_of_another_facility_is_refused(rack_facility, rack_run):
    run = replace(rack_run, info=replace(rack_run.info, facility="other"))
    with pytest.raises(BadInputError, match="a run of the facility 'other'"):
        score(rack_facility, run)


def test_a_facility_with_impossible_commitments_is_refused(rack_file, rack_run):
    data = yaml.safe_load(rack_file.read_text())
    data["partitions"]["cpu"]["checks"]["MemoryBandwidth"]["triad_bw"]["unit"] = "GiB/s"
    with pytest.raises(BadInputError, match="wrong unit"):
        score(Facility.model_validate(data), rack_run)


def test_a_check_that_was_not_asked_for_is_not_missing(scorecard):
    wanted = [row.expectation for row in scorecard.rows if row.expectation.check == "RiscvVector"]
    kept = limit_to(scorecard, map(expected_value, wanted))
    assert {row.expectation.check for row in kept.rows} == {"RiscvVector"}
    assert {rollup.check for rollup in kept.rollups} == {"RiscvVector"}
    assert scorecard.exit_code is ExitCode.FAIL
    assert kept.exit_code is ExitCode.OK, "what failed belongs to another check"
    assert kept.rejected == scorecard.rejected


SIZES = shipped_checks()["MemoryBandwidth"].model_copy(
    update={"parameters": {"size": Parameter(description="of the arrays", values=("L2", "DRAM"))}}
)
SIZED = Registry({"MemoryBandwidth": SIZES})
AT_LEAST_10 = {
    "value": 10,
    "unit": "GB/s",
    "class": "scored",
    "source": "s",
    "kind": "read",
    "date": "2026-01-01",
}


def of(values, parameters="", environment="gnu", node="rack-c1"):
    return tuple(
        replace(each, parameters=parameters, environment=environment) for each in samples(node, values)
    )


@pytest.fixture
def judged(rack_facility, rack_run):
    """Verdicts on samples, by the variant's name, of a facility that commits to `checks` of one node."""

    def judge(checks, found, registry=SIZED):
        data = only(rack_facility, "cpu", {}).model_dump(mode="json", by_alias=True)
        data["partitions"]["cpu"] |= {"nodes": "rack-c1", "checks": checks}
        run = replace(rack_run, samples=collect(found), registry=registry, counted=(), rejected=())
        return score(Facility.model_validate(data), run)

    return judge


def test_a_facility_commits_to_each_variant_of_a_check(judged):
    checks = {
        "MemoryBandwidth %size=L2": {"triad_bw": AT_LEAST_10},
        "MemoryBandwidth%size=DRAM": {"triad_bw": None},
    }
    card = judged(checks, (*of([100] * 8, "size=L2"), *of([1] * 8, "size=DRAM")))
    assert {r.variant: (r.verdict, r.deciding.values[0]) for r in card.rollups} == {
        "MemoryBandwidth %size=L2": (Verdict.PASS, 100),
        "MemoryBandwidth %size=DRAM": (None, 1),
    }
    assert card.unexpected == ()


def test_a_variant_that_nothing_expects_decides_nothing_and_is_listed(judged):
    checks = {"MemoryBandwidth %size=L2": {"triad_bw": AT_LEAST_10}}
    card = judged(checks, (*of([100] * 8, "size=L2"), *of([1] * 8, "size=DRAM")))
    assert [r.verdict for r in card.rollups] == [Verdict.PASS]
    assert [series.variant for series in card.unexpected] == ["MemoryBandwidth %size=DRAM"]


def test_each_environment_is_judged_by_itself_and_named(judged):
    found = (*of([100] * 8, environment="gnu"), *of([1] * 8, environment="clang"))
    card = judged({"MemoryBandwidth": {"triad_bw": AT_LEAST_10}}, found, shipped_checks())
    assert {r.variant: r.verdict for r in card.rollups} == {
        "MemoryBandwidth (gnu)": Verdict.PASS,
        "MemoryBandwidth (clang)": Verdict.FAIL,
    }


def test_an_environment_owes_a_value_on_every_node(rack_facility, rack_run):
    found = (*of([100] * 8), *of([100] * 8, node="rack-c2"), *of([100] * 8, environment="clang"))
    run = replace(rack_run, samples=collect(found), counted=(), rejected=())
    card = score(only(rack_facility, "cpu", {"MemoryBandwidth": ["triad_bw"]}), run)
    missing = {(row.environment, row.node) for row in card.rows if not len(row.values)}
    assert missing == {("gnu", "rack-c3"), ("clang", "rack-c2"), ("clang", "rack-c3")}
