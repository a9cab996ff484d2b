"""What a job was started for and did not deliver, and the value that sums it up."""

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import FEWEST_REPETITIONS, find_missing, worst_medians
from millwright.results.measured import gather_samples
from millwright.results.parsers.probe import ProbeSample

GEMM = shipped_checks()["Gemm"].metrics


def series(metric, node="n1", device="", values=range(FEWEST_REPETITIONS)):
    return [ProbeSample(metric, float(v), "GFLOP/s", rep, node, device) for rep, v in enumerate(values)]


def missing(samples, metrics, places):
    return [fault.text for fault in find_missing(gather_samples(samples, metrics), metrics, places)]


def complete(node="n1", device=""):
    return series("fp64_rate", node, device) + series("fp32_rate", node, device)


def test_a_complete_sweep_lacks_nothing():
    assert missing(complete("n1") + complete("n2"), GEMM, ["n1", "n2"]) == []


def test_a_node_without_any_sample_is_missed():
    found = missing(complete("n1"), GEMM, ["n1", "n2"])

    assert found == [f"{metric} of n2 has 0 repetitions, 6 needed" for metric in GEMM]


def test_a_metric_that_one_device_lacks_is_missed():
    samples = complete("n1", "0") + series("fp64_rate", "n1", "1")

    assert missing(samples, GEMM, ["n1"]) == ["fp32_rate of n1 device 1 has 0 repetitions, 6 needed"]


def test_too_few_repetitions_are_missed():
    samples = series("fp64_rate") + series("fp32_rate", values=range(5))

    assert missing(samples, GEMM, ["n1"]) == ["fp32_rate of n1 has 5 repetitions, 6 needed"]


def test_values_of_a_node_that_did_not_run_are_refused():
    found = missing(complete("n1") + complete("n9"), GEMM, ["n1"])

    assert found == ["values of n9, which the job did not run on"]


@pytest.mark.parametrize(
    ("check", "metric", "expected"), [("Gemm", "fp64_rate", 1.0), ("MpiPointToPoint", "latency", 5.0)]
)
def test_the_worst_node_stands_for_all_whichever_way_is_better(check, metric, expected):
    samples = series(metric, "n1", values=[5, 5, 50]) + series(metric, "n2", values=[0, 1, 2])

    assert worst_medians(
        gather_samples(samples, shipped_checks()[check].metrics), shipped_checks()[check].metrics
    ) == {metric: expected}


def test_six_repetitions_are_enough_and_a_device_is_named_only_if_there_is_one():
    enough = series("fp64_rate", values=range(6)) + series("fp32_rate", values=range(6))
    assert missing(enough, GEMM, ["n1"]) == []
    few = series("fp64_rate", "n1", "0", values=range(6)) + series("fp32_rate", "n1", "0", values=range(1))
    assert missing(few, GEMM, ["n1"]) == ["fp32_rate of n1 device 0 has 1 repetitions, 6 needed"]
