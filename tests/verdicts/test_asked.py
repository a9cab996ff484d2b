"""A run is asked for what it recorded when it began, on the nodes that it was limited to."""

from dataclasses import replace

import pytest

from millwright.app.measure.choice import choose
from millwright.checks.registry import shipped_checks
from millwright.results.selection import Selection
from millwright.verdicts.asked import find_wrongly_asked, split_asked
from millwright.verdicts.expectations import expected_value, list_expectations


@pytest.fixture
def facility(rack_facility):
    """The rack with six nodes in its partition of processors."""
    cpu = rack_facility.partitions["cpu"].model_copy(update={"nodes": "rack-c[1-6]"})
    return rack_facility.model_copy(update={"partitions": {**rack_facility.partitions, "cpu": cpu}})


@pytest.fixture
def begun(facility, run_info):
    """What a run records that is limited to some nodes, and all that the facility expects."""

    def begin(nodes):
        expected, selection = list_expectations(facility, shipped_checks()), Selection(nodes=nodes)
        chosen = choose(expected, selection, facility, shipped_checks(), "f.yaml")
        return expected, replace(run_info, expected=tuple(map(expected_value, chosen)), selection=selection)

    return begin


def test_a_value_of_the_partition_is_expected_of_the_nodes_chosen(begun):
    expected, info = begun("rack-c[2-4]")
    asked, left_out = split_asked(expected, info)
    assert tuple(map(expected_value, asked)) == info.expected
    places = {each.check: each.place for each in asked}
    assert places["MpiPointToPoint"] == places["MpiAllReduce"] == "rack-c[2-4]"
    assert {each.place for each in asked if each.check == "Gemm"} == {"rack-c2", "rack-c3", "rack-c4"}
    assert len(asked) + len(left_out) == len(expected)


def test_what_an_honest_run_recorded_is_never_wrong(begun):
    for nodes in ("rack-c1", "rack-c[2-4]", "rack-c[1-6]", ""):
        expected, info = begun(nodes)
        assert list(find_wrongly_asked(expected, info)) == []


def test_fewer_nodes_than_the_run_was_limited_to_are_named(begun):
    expected, info = begun("rack-c[2-4]")
    fewer = tuple(replace(each, node=each.node.replace("[2-4]", "[2-3]")) for each in info.expected)
    found = list(find_wrongly_asked(expected, replace(info, expected=fewer)))
    assert any("MpiAllReduce" in each and "rack-c[2-3]" in each for each in found)


def test_a_record_of_nothing_asks_for_everything(begun):
    expected, info = begun("")
    assert split_asked(expected, replace(info, expected=())) == (expected, ())
