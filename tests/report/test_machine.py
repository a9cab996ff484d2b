"""The machine that was tested: nodes folded, the odd one named, devices counted, serials held back."""

import pytest
import yaml

from millwright.facility.model import Facility
from millwright.report.machine import describe_machines
from millwright.results.evidence import Origin
from millwright.results.facts import CaseFacts, FactRow

ORIGIN = Origin("harness", "gpu", "Gemm", "Gemm", 0, "7", ("n1", "n2", "n3"), (), ())


@pytest.fixture
def facility():
    return Facility.model_validate(
        yaml.safe_load(
            """
            {plugin: facility, name: site, title: Site, kind: physical,
             node_classes: {big: {architecture: x86_64, cores_per_socket: 8, memory_mib: 1000,
                                  stated: {cooling: direct liquid}}},
             partitions: {gpu: {nodes: "n[1-3]", node_class: big}}}
            """
        )
    )


def describe(facility, *rows, show_serials=False):
    facts = tuple(
        FactRow("harness", "gpu", "Gemm", name, value, readable, nodes)
        for name, value, nodes, readable in rows
    )
    (machine,) = describe_machines(facility, [CaseFacts(ORIGIN, (), facts, 0)], show_serials=show_serials)
    return machine, {(fact.topic, fact.name): fact for fact in machine.facts}


def test_nodes_that_differ_are_named_the_many_first(facility):
    machine, facts = describe(
        facility,
        ("clocks.governor", "powersave", "n3", True),
        ("clocks.governor", "performance", "n[1-2]", True),
    )
    found = facts["clocks", "clocks.governor"]
    assert [(each.value, each.nodes, each.count) for each in found.values] == [
        ("performance", "n[1-2]", 2),
        ("powersave", "n3", 1),
    ]
    assert (machine.nodes_heard, machine.nodes_existing) == (3, 3)


def test_devices_of_a_node_are_counted_and_a_missing_one_shows(facility):
    rows = [(f"accelerator.{n}.name", "NVIDIA H200", "n[1-2]", True) for n in range(8)]
    rows += [(f"accelerator.{n}.name", "NVIDIA H200", "n3", True) for n in range(7)]
    _, facts = describe(facility, *rows)
    assert [(v.value, v.nodes) for v in facts["mlperf", "accelerators_per_node"].values] == [
        ("8", "n[1-2]"),
        ("7", "n3"),
    ]
    assert facts["mlperf", "accelerator_model_name"].values[0].value == "NVIDIA H200 x8"


def test_serials_are_shown_only_where_the_contract_allows_it(facility):
    row = ("accelerator.0.serial", "1652924000001", "n1", True)
    _, hidden = describe(facility, row)
    _, shown = describe(facility, row, show_serials=True)
    name = ("accelerators", "accelerator.*.serial")
    assert name not in hidden
    assert shown[name].values[0].value == "1652924000001 x1"


def test_what_no_node_reports_is_taken_from_the_facility_or_stays_empty(facility):
    _, facts = describe(facility, ("firmware.bios_version", "permission denied", "n[1-3]", False))
    assert (facts["mlperf", "cooling"].origin, facts["mlperf", "cooling"].values[0].value) == (
        "facility",
        "direct liquid",
    )
    assert (
        facts["mlperf", "accelerator_interconnect"].origin,
        facts["mlperf", "accelerator_interconnect"].values,
    ) == (
        "not stated",
        (),
    )
    unreadable = facts["firmware", "firmware.bios_version"]
    assert (unreadable.origin, unreadable.values[0].value) == ("not readable", "permission denied")


def test_a_partition_without_facts_is_described_all_the_same(facility):
    (machine,) = describe_machines(facility, [], show_serials=False)
    assert machine.nodes_heard == 0
    assert {fact.origin for fact in machine.facts} == {"facility", "not stated"}
