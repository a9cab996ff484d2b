"""The rack is derived from its facility and from nothing else."""

from pathlib import Path

import pytest
import yaml

from millwright.core.errors import BadInputError
from millwright.core.places import facility_file
from millwright.facility import load_facility
from millwright.rack.plan import bridge_name, plan_rack

STATE, CACHE = Path("/state"), Path("/cache")
BENCH = Path(__file__).parent / "data" / "bench-rack.yaml"


def changed(tmp_path, **keys):
    data = {**yaml.safe_load(BENCH.read_text()), **keys}
    path = tmp_path / "facility.yaml"
    path.write_text(yaml.safe_dump(data))
    return load_facility(path)


def test_the_shipped_rack_has_its_eight_nodes_at_the_addresses_of_its_file():
    facility = load_facility(facility_file("rack"))
    plan = plan_rack(facility, [0, 1], STATE, CACHE)
    assert {node.name: node.address for node in plan.nodes} == facility.host_addresses()
    assert len(plan.nodes) == 8
    assert plan.gateway == "10.91.0.1"
    assert plan.emulates_riscv
    assert plan.needs_tun


def test_partition_nodes_get_host_cores_in_turn_and_services_none():
    plan = plan_rack(load_facility(facility_file("rack")), [4, 7], STATE, CACHE)
    cores = {node.name: node.core for node in plan.nodes}
    assert (cores["rack-c1"], cores["rack-c2"], cores["rack-r1"]) == (4, 7, 4)
    assert cores["rack-ctl"] is None
    assert cores["rack-antenna"] is None


def test_on_a_single_core_nobody_is_pinned():
    plan = plan_rack(load_facility(facility_file("rack")), [0], STATE, CACHE)
    assert {node.core for node in plan.nodes} == {None}


def test_a_facility_of_real_machines_is_no_rack(tmp_path):
    with pytest.raises(BadInputError) as refused:
        plan_rack(changed(tmp_path, kind="physical", network=None), [0], STATE, CACHE)
    assert {problem.key for problem in refused.value.problems} == {"kind", "network"}


@pytest.mark.parametrize("address", ["10.97.113.0", "10.97.113.1", "10.97.113.15"])
def test_addresses_that_the_network_or_the_host_needs_are_refused(tmp_path, address):
    facility = changed(tmp_path, addresses={"bench-a": address, "bench-b": "10.97.113.6"})
    with pytest.raises(BadInputError, match=address):
        plan_rack(facility, [0], STATE, CACHE)


def test_a_network_without_room_for_nodes_is_refused(tmp_path):
    facility = changed(
        tmp_path,
        network={"cidr": "10.97.113.4/30", "domain": "bench.internal"},
        addresses={"bench-a": "10.97.113.5", "bench-b": "10.97.113.6"},
    )
    with pytest.raises(BadInputError, match="too small"):
        plan_rack(facility, [0], STATE, CACHE)


@pytest.mark.parametrize(
    "name", ["a", "rack", "twelve-chars", "thirteen-char", "a-name-with-thirty-two-characters"[:32]]
)
def test_bridge_names_fit_the_kernel(name):
    assert len(bridge_name(name)) <= 15


def test_long_names_that_begin_alike_get_bridges_of_their_own():
    assert bridge_name("a-long-facility-name-one") != bridge_name("a-long-facility-name-two")


def test_the_digest_follows_addresses_but_not_the_callers_cores(tmp_path):
    facility = load_facility(BENCH)
    plan = plan_rack(facility, [0, 1], STATE, CACHE)
    moved = changed(tmp_path, addresses={"bench-a": "10.97.113.7", "bench-b": "10.97.113.6"})
    assert plan.digest() == plan_rack(facility, [5], STATE, CACHE).digest()
    assert plan.digest() != plan_rack(moved, [0, 1], STATE, CACHE).digest()


def test_an_unknown_node_is_refused_with_the_known_ones(plan):
    with pytest.raises(BadInputError, match="bench-a, bench-b"):
        plan.node("bench-c; reboot")
