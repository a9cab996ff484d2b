from dataclasses import replace

import pytest
import yaml

from millwright.capacity.supply import add_up
from millwright.catalogue.catalogue import load_catalogue
from millwright.facility.model import Facility
from millwright.results.sample import Sample
from millwright.results.samples import collect
from millwright.verdicts.scorecard import score

NODES = ("rack-c1", "rack-c2", "rack-c3")


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture
def facility_with(rack_file):
    def make(checks, *, accelerators=None, kind="virtual", emulated=False):
        data = yaml.safe_load(rack_file.read_text())
        data["kind"] = kind
        data["partitions"]["cpu"]["checks"] = {c: dict.fromkeys(metrics) for c, metrics in checks.items()}
        data["node_classes"]["virtual-cpu"] |= {"accelerators": accelerators, "emulated": emulated}
        return Facility.model_validate(data)

    return make


def samples(check, metric, unit, values, emulated=False):
    """Six repetitions for each (node, device): value."""
    return tuple(
        Sample("rack", "cpu", check, metric, node, device, rep, value + rep, unit, emulated)
        for (node, device), value in values.items()
        for rep in range(6)
    )


def triad(values, **more):
    return samples("MemoryBandwidth", "triad_bw", "GB/s", {(n, ""): v for n, v in values.items()}, **more)


def capacity(facility, run, catalogue, found):
    return add_up(facility, score(facility, replace(run, samples=collect(found))), catalogue)


def test_the_supply_is_the_sum_of_the_nodes_medians(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]})
    found = triad({"rack-c1": 10.0, "rack-c2": 20.0, "rack-c3": 30.0})
    (supply,) = capacity(facility, rack_run, catalogue, found).supplies
    assert (supply.quantity, supply.unit, supply.total) == ("memory bandwidth", "GB/s", 67.5)
    assert (supply.low, supply.high) == (60.0, 75.0)
    assert (supply.nodes_measured, supply.nodes_existing, supply.devices_measured) == (3, 3, 0)


def test_metrics_that_add_up_to_nothing_give_no_figure(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["copy_bw", "add_bw"]})
    found = samples("MemoryBandwidth", "copy_bw", "GB/s", {(node, ""): 10.0 for node in NODES})
    assert capacity(facility, rack_run, catalogue, found).supplies == ()


def test_a_missing_node_is_left_out_counted_and_named(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]})
    result = capacity(facility, rack_run, catalogue, triad({"rack-c1": 10.0, "rack-c2": 20.0}))
    (supply,), (exclusion,) = result.supplies, [e for e in result.exclusions if e.partition == "cpu"]
    assert (supply.total, supply.nodes_measured, supply.nodes_existing) == (35.0, 2, 3)
    assert exclusion.nodes == ("rack-c3",)
    assert exclusion.reason == "not measured: rack-c3 took no job: drained: fan"


def test_emulated_values_never_enter(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]}, emulated=True)
    result = capacity(facility, rack_run, catalogue, triad(dict.fromkeys(NODES, 10.0)))
    assert result.supplies == ()
    (exclusion,) = (e for e in result.exclusions if e.partition == "cpu")
    assert (exclusion.nodes, exclusion.reason) == (NODES, "measured under emulation")


def test_a_single_emulated_sample_keeps_its_node_out_whatever_the_facility_says(
    facility_with, rack_run, catalogue
):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]})
    found = (*triad({"rack-c1": 10.0}), *triad({"rack-c2": 20.0}, emulated=True))
    (supply,) = capacity(facility, rack_run, catalogue, found).supplies
    assert (supply.total, supply.nodes_measured) == (12.5, 1)


def test_nothing_measured_is_no_figure_and_not_a_zero(facility_with, rack_run, catalogue):
    result = capacity(facility_with({"MemoryBandwidth": ["triad_bw"]}), rack_run, catalogue, ())
    assert result.supplies == ()
    assert {node for e in result.exclusions if e.partition == "cpu" for node in e.nodes} == set(NODES)


def test_a_node_without_an_interval_leaves_the_sum_without_ends(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]})
    found = triad(dict.fromkeys(NODES, 10.0))[:-1]
    (supply,) = capacity(facility, rack_run, catalogue, found).supplies
    assert (supply.low, supply.high) == (None, None)
    assert supply.nodes_measured == 3


def test_processor_and_accelerator_are_not_added_together(facility_with, rack_run, catalogue):
    facility = facility_with({"Gemm": ["fp64_rate"], "AcceleratorGemm": ["fp64_rate"]})
    places = {(node, ""): 10.0 for node in NODES}
    found = (
        *samples("Gemm", "fp64_rate", "GFLOP/s", places),
        *samples("AcceleratorGemm", "fp64_rate", "GFLOP/s", places),
    )
    supplies = capacity(facility, rack_run, catalogue, found).supplies
    assert [(supply.check, supply.total) for supply in supplies] == [
        ("Gemm", 37.5),
        ("AcceleratorGemm", 37.5),
    ]


def test_devices_add_up_and_are_compared_with_the_peak_of_as_many_devices(facility_with, rack_run, catalogue):
    part, peak = "a100_40_sxm", catalogue.accelerators["a100_40_sxm"].peak_dense_tflops["fp64_matrix"].value
    facility = facility_with({"AcceleratorGemm": ["fp64_rate"]}, accelerators={"part": part, "count": 2})
    half = {(node, device): 500 * peak - 2.5 for node in NODES for device in ("0", "1")}
    found = samples("AcceleratorGemm", "fp64_rate", "GFLOP/s", half)
    (supply,) = capacity(facility, rack_run, catalogue, found).supplies
    assert (supply.nodes_measured, supply.devices_measured) == (3, 6)
    assert supply.total == pytest.approx(6 * 500 * peak)
    assert supply.peak_share == pytest.approx(0.5)
    assert (supply.peak.part, supply.peak.figure, supply.no_peak) == (part, "fp64_matrix", "")


def test_a_node_with_a_missing_device_is_left_out_whole(facility_with, rack_run, catalogue):
    accelerators = {"part": "a100_40_sxm", "count": 2}
    facility = facility_with({"AcceleratorGemm": ["fp64_rate"]}, accelerators=accelerators)
    places = {(node, device): 10.0 for node in NODES for device in ("0", "1")}
    del places["rack-c2", "1"]
    found = samples("AcceleratorGemm", "fp64_rate", "GFLOP/s", places)
    result = capacity(facility, rack_run, catalogue, found)
    assert (result.supplies[0].nodes_measured, result.supplies[0].devices_measured) == (2, 4)
    assert ("rack-c2",) in [exclusion.nodes for exclusion in result.exclusions]


@pytest.mark.parametrize(
    ("accelerators", "reason"),
    [
        (None, "the node class names no part of the catalogue"),
        (
            {"part": "a100_40_sxm", "count": 1},
            "the check measured nodes, not the part that the catalogue knows",
        ),
    ],
)
def test_host_memory_is_never_compared_with_an_accelerators_peak(
    facility_with, rack_run, catalogue, accelerators, reason
):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]}, accelerators=accelerators)
    (supply,) = capacity(facility, rack_run, catalogue, triad(dict.fromkeys(NODES, 10.0))).supplies
    assert (supply.peak, supply.peak_share, supply.no_peak) == (None, None, reason)


@pytest.mark.parametrize(("kind", "virtual"), [("virtual", True), ("physical", False)])
def test_a_virtual_facilitys_figure_says_so(facility_with, rack_run, catalogue, kind, virtual):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]}, kind=kind)
    (supply,) = capacity(facility, rack_run, catalogue, triad(dict.fromkeys(NODES, 10.0))).supplies
    assert supply.virtual is virtual


def test_the_stored_run_gives_figures_without_its_emulated_partition(rack_facility, rack_run, catalogue):
    result = add_up(rack_facility, score(rack_facility, rack_run), catalogue)
    assert {supply.partition for supply in result.supplies} == {"cpu"}
    assert any(e.partition == "dare" and e.reason == "measured under emulation" for e in result.exclusions)


def test_a_missing_value_that_adds_up_to_nothing_is_no_exclusion_from_a_figure(
    facility_with, rack_run, catalogue
):
    facility = facility_with({"MemoryBandwidth": ["copy_bw"]})
    found = samples("MemoryBandwidth", "copy_bw", "GB/s", {("rack-c1", ""): 10.0})
    assert [
        e for e in capacity(facility, rack_run, catalogue, found).exclusions if e.partition == "cpu"
    ] == []


def test_a_node_that_was_not_measured_is_not_called_emulated(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]}, emulated=True)
    result = capacity(facility, rack_run, catalogue, triad({"rack-c1": 10.0}))
    (exclusion,) = (e for e in result.exclusions if e.partition == "cpu")
    assert (exclusion.nodes, exclusion.reason) == (("rack-c1",), "measured under emulation")


def test_nodes_that_are_missing_for_different_reasons_are_told_apart(facility_with, rack_run, catalogue):
    facility = facility_with({"MemoryBandwidth": ["triad_bw"]})
    result = capacity(facility, rack_run, catalogue, triad({"rack-c1": 10.0}))
    assert {e.nodes: e.reason for e in result.exclusions if e.partition == "cpu"} == {
        ("rack-c2",): "not measured: the check ran and printed no triad_bw of rack-c2",
        ("rack-c3",): "not measured: rack-c3 took no job: drained: fan",
    }


def test_hundreds_of_devices_have_a_share_of_their_peak(facility_with, rack_run, catalogue):
    accelerators = {"part": "a100_40_sxm", "count": 100}
    facility = facility_with({"AcceleratorGemm": ["fp64_rate"]}, accelerators=accelerators)
    places = {(node, str(device)): 10.0 for node in NODES for device in range(100)}
    found = samples("AcceleratorGemm", "fp64_rate", "GFLOP/s", places)
    (supply,) = capacity(facility, rack_run, catalogue, found).supplies
    assert supply.devices_measured == 300
    assert supply.peak_share == pytest.approx(12.5 / supply.peak.value)
