"""What allocations cost, by the rules of real machines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.capacity.charges import charge, nodes_held, parse_tres
from millwright.facility.model import Facility, NodeClass
from millwright.results.accounting import UsageRow

LUMI_G = {
    "architecture": "x86_64",
    "cores_per_socket": 64,
    "memory_mib": 524_288,
    "accelerators": {"part": "mi250x", "count": 8},
}
MN5_ACC = {
    "architecture": "x86_64",
    "sockets": 2,
    "cores_per_socket": 40,
    "memory_mib": 524_288,
    "accelerators": {"part": "h100_64c", "count": 4},
}


def machine(node_class, unit, units):
    return Facility.model_validate(
        {
            "plugin": "facility",
            "name": "site",
            "title": "t",
            "kind": "physical",
            "node_classes": {"node": node_class},
            "partitions": {
                "gpu": {
                    "nodes": "n[1-4]",
                    "node_class": "node",
                    "charging": {"unit": unit, "units_per_node_hour": units},
                }
            },
            "access_modes": {"half": {"title": "Half price", "usage_factor": 0.5}},
        }
    )


@pytest.mark.parametrize(
    ("node_class", "unit", "units", "allocated", "cost"),
    [
        # LUMI charges an MI250X module as a GPU-hour: one of its two GCDs is half of one.
        (LUMI_G, "gpu-hour", 4, "cpu=8,mem=64G,node=1,gres/gpu=1", 0.5),
        (LUMI_G, "gpu-hour", 4, "cpu=8,mem=128G,node=1,gres/gpu=1", 1.0),
        (LUMI_G, "gpu-hour", 4, "cpu=24,mem=64G,node=1,gres/gpu=1", 1.5),
        (LUMI_G, "gcd-hour", 8, "cpu=8,mem=64G,node=1,gres/gpu=1", 1.0),
        (LUMI_G, "gpu-hour", 4, "cpu=128,mem=1T,node=2,gres/gpu=16,gres/gpu:mi250x=16", 8.0),
        # MareNostrum 5 charges 20 core-hours for a GPU.
        (MN5_ACC, "core-hour", 80, "cpu=20,mem=128G,node=1,gres/gpu=1", 20.0),
        (MN5_ACC, "node-hour", 1, "billing=7,cpu=160,mem=1T,node=2,gres/gpu=8", 2.0),
    ],
)
def test_an_hour_costs_the_largest_share_of_a_node(node_class, unit, units, allocated, cost):
    facility = machine(node_class, unit, units)
    row = UsageRow("a", "u", "full", "gpu", allocated, 1, 3600)
    assert charge(facility, row) == pytest.approx(cost)
    half = UsageRow("a", "u", "half", "gpu", allocated, 2, 7200)
    assert charge(facility, half) == pytest.approx(cost)


def test_time_on_a_partition_that_is_gone_costs_nothing_that_is_known():
    row = UsageRow("a", "u", "full", "old", "cpu=1", 1, 3600)
    assert charge(machine(LUMI_G, "gpu-hour", 4), row) is None


@pytest.mark.parametrize(
    ("text", "mib"),
    [
        ("mem=2000M", 2000),
        ("mem=1.5G", 1536),
        ("mem=2T", 2 * 1024**2),
        ("mem=512K", 0.5),
        ("mem=3P", 3 * 1024**3),
        ("mem=7", 7),
    ],
)
def test_memory_is_read_in_its_unit(text, mib):
    assert parse_tres(text) == {"mem": mib}


def test_memory_of_no_known_unit_is_not_guessed_at():
    with pytest.raises(ValueError, match="no amount of memory"):
        parse_tres("mem=2Q")


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(0, 64), st.integers(0, 8))
def test_n_equal_allocations_cost_n_times_one(count, cpus, gpus):
    node_class = NodeClass.model_validate(LUMI_G)
    one = {"cpu": float(cpus), "gres/gpu": float(gpus)}
    many = {name: value * count for name, value in one.items()}
    assert nodes_held(many, node_class) == pytest.approx(count * nodes_held(one, node_class))


def test_what_holds_nothing_costs_nothing():
    assert nodes_held({}, NodeClass.model_validate(LUMI_G)) == 0
    assert charge(machine(LUMI_G, "gpu-hour", 4), UsageRow("a", "u", "full", "gpu", "node=1", 1, 3600)) == 0


def test_nodes_are_charged_whole_where_the_facility_does_not_say_what_is_in_them():
    facility = machine(LUMI_G, "node-hour", 1)
    unknown = facility.model_copy(
        update={"partitions": {"gpu": facility.partitions["gpu"].model_copy(update={"node_class": None})}}
    )
    costs = [
        charge(unknown, UsageRow("a", "u", "full", "gpu", allocated, 1, 7200))
        for allocated in ("cpu=128,node=2", "cpu=128")
    ]
    assert costs == [4.0, 0.0]


def test_only_memory_is_counted_in_units_of_bytes():
    with pytest.raises(ValueError, match="2K"):
        parse_tres("node=2K")
