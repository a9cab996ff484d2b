"""Values that no hardware gives do not count, place by place, and the rest of the job does."""

import json
from dataclasses import replace

import numpy as np
import pytest

from millwright.checks.declaration import parse_declaration
from millwright.checks.registry import make_registry, shipped_checks
from millwright.results.ingest import ingest
from millwright.results.measured import gather_samples
from millwright.results.parsers.probe_line import ProbeSample
from millwright.results.plausible import find_above, find_implausible
from millwright.results.run_info import Bound
from millwright.results.session import open_session

TRIAD = Bound("cpu", "MemoryBandwidth", "triad_bw", "node", 20.0, "the peak of the node")


@pytest.fixture
def seat(session_folder):
    return open_session(session_folder).read()


def with_value(seat, node, metric, value):
    """The session with another value in each repetition of a metric on a node."""

    def change(line):
        if not line.startswith("{") or json.loads(line).get("metric") != metric:
            return line
        data = json.loads(line)
        return json.dumps(data | {"value": value}) if data["node"] == node else line

    def altered(output):
        return replace(output, stdout="\n".join(map(change, output.stdout.read_text().splitlines())) + "\n")

    raw = {
        folder: altered(output) if "MemoryBandwidth" in folder else output
        for folder, output in seat.raw.items()
    }
    return replace(seat, raw=raw)


def left(seat, bounds):
    found = ingest([seat], facility="rack", registry=shipped_checks(), bounds=bounds)
    rejected = [one for one in found.rejected if one.origin.check == "MemoryBandwidth"]
    return {(s.metric, s.node) for s in found.samples if s.check == "MemoryBandwidth"}, rejected


def test_a_value_above_a_bound_spoils_its_metric_on_its_node_alone(seat):
    kept, (rejected,) = left(with_value(seat, "rack-c1", "triad_bw", 20.5), [TRIAD])
    assert (rejected.node, rejected.metric) == ("rack-c1", "triad_bw")
    assert rejected.reasons == (
        "implausible: a value of triad_bw on rack-c1 is above 20 GB/s, the peak of the node",
    )
    assert {("triad_bw", "rack-c2"), ("copy_bw", "rack-c1")} <= kept
    assert ("triad_bw", "rack-c1") not in kept


def test_a_value_at_the_bound_counts(seat):
    assert left(with_value(seat, "rack-c1", "triad_bw", 20.0), [TRIAD])[1] == []


def test_a_bound_of_devices_or_of_another_partition_holds_for_no_node(seat):
    others = [replace(TRIAD, kind="device"), replace(TRIAD, partition="dare"), replace(TRIAD, check="Gemm")]
    assert left(with_value(seat, "rack-c1", "triad_bw", 1e6), others)[1] == []


def test_a_negative_rate_does_not_count(seat):
    kept, (rejected,) = left(with_value(seat, "rack-c2", "copy_bw", -1.0), ())
    assert rejected.reasons == ("implausible: a value of copy_bw on rack-c2 is below zero",)
    assert ("copy_bw", "rack-c2") not in kept
    assert ("copy_bw", "rack-c1") in kept


def test_a_run_from_before_bounds_is_read_as_it_was(seat):
    assert left(with_value(seat, "rack-c2", "copy_bw", -1.0), None)[1] == []


def test_a_metric_that_declares_a_sign_may_be_negative():
    metrics = shipped_checks().metrics_of("AntennaUserCertificate")
    sample = ProbeSample("user_certificate_left", -5.0, "s", 0, "gateway", "")
    assert list(find_implausible(gather_samples([sample], metrics), metrics, ())) == []


def device(metric, device, value):
    return ProbeSample(metric, value, "GFLOP/s", 0, "gpu-1", device)


def test_each_device_is_held_against_its_own_bound():
    metrics = shipped_checks().metrics_of("AcceleratorGemm")
    measured = gather_samples([device("fp64_rate", "0", 60.0), device("fp64_rate", "1", 70.0)], metrics)
    bounds = [
        Bound("gpu", "AcceleratorGemm", "fp64_rate", "device", 67.0, "peak"),
        Bound("gpu", "AcceleratorGemm", "fp64_rate", "node", 1.0, "peak of the processors"),
    ]
    assert [fault.place for fault in find_implausible(measured, metrics, bounds)] == [
        ("gpu-1", "1", "fp64_rate")
    ]


def test_nothing_measured_is_nothing_implausible():
    metrics = shipped_checks().metrics_of("AcceleratorGemm")
    assert list(find_implausible(gather_samples([], metrics), metrics, ())) == []


def test_a_stored_series_above_a_bound_is_named(rack_run):
    greatest = max(max(s.values) for s in rack_run.series if s.metric == "triad_bw")
    first, *_ = find_above(rack_run.samples, [replace(TRIAD, value=float(np.nextafter(greatest, 0)))])
    assert first.startswith("triad_bw of MemoryBandwidth on cpu, rack-c")
    assert list(find_above(rack_run.samples, [replace(TRIAD, value=greatest)])) == []


def test_a_site_declares_the_link_that_bounds_its_metric():
    declaration = {
        "name": "Copy",
        "area": "storage",
        "description": "copies",
        "scope": "node",
        "metrics": {"rate": {"unit": "GB/s", "better": "higher", "label": {"en": "Copy"}, "link": "rail"}},
    }
    registry = make_registry([parse_declaration(declaration, "check.yaml")])
    assert registry["Copy"].metrics["rate"].link == "rail"
