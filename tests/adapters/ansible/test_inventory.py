"""Groups, hosts and variables as data; what Ansible makes of them is in tests/inventories."""

import json
import sys
import time
from pathlib import Path

import pytest
import yaml

from millwright.adapters.ansible.inventory import build_inventory
from millwright.core.errors import BadInputError
from millwright.core.places import facility_file
from millwright.facility.model import Facility

FILE = Path("facility.yaml")


def shipped(**changes):
    data = yaml.safe_load(facility_file("rack").read_text())
    return Facility.model_validate(data | changes)


def test_gateways_are_known_but_not_managed():
    groups = build_inventory(shipped(), FILE).groups
    assert groups["gateways"] == ("rack-antenna", "rack-antenna2")
    assert not set(groups["gateways"]) & set(groups["managed"])


def test_a_host_with_two_services_stands_once_among_the_managed():
    managed = build_inventory(shipped(), FILE).groups["managed"]
    assert managed == ("rack-ctl", "rack-ctl2", "rack-login", "rack-c1", "rack-c2", "rack-r1")


def test_every_role_manages_its_hosts_unless_the_facility_names_some():
    every = build_inventory(shipped(), FILE).variables["facility_manages"]
    assert {"base", "munge", "slurm_controller"} <= set(every)
    assert build_inventory(shipped(manages=["munge"]), FILE).variables["facility_manages"] == ["munge"]
    assert build_inventory(shipped(manages=[]), FILE).variables["facility_manages"] == []


def test_a_role_that_is_not_there_is_refused():
    expected = r"manages: unknown role 'mungo', expected one of .*; did you mean munge\?"
    with pytest.raises(BadInputError, match=expected):
        build_inventory(shipped(manages=["mungo"]), FILE)


def test_a_node_finds_its_class_by_a_group():
    inventory = build_inventory(shipped(), FILE)
    assert inventory.groups["class_virtual_cpu"] == ("rack-c1", "rack-c2")
    classes = inventory.variables["facility_node_classes"]
    assert [found["group"] for found in classes] == ["class_virtual_cpu", "class_virtual_riscv"]


def test_a_service_that_a_facility_does_not_have_is_an_empty_group():
    data = yaml.safe_load(facility_file("rack").read_text())
    del data["services"]["monitoring"]
    groups = build_inventory(Facility.model_validate(data), FILE).groups
    assert groups["monitoring"] == groups["exporters"] == groups["slurm_exporters"] == ()


def test_dashes_of_a_partition_become_underscores():
    partition = {"nodes": "rack-c[1-2]", "node_class": "virtual-cpu"}
    groups = build_inventory(shipped(partitions={"big-memory": partition}, antennas={}), FILE).groups
    assert groups["partition_big_memory"] == ("rack-c1", "rack-c2")


def test_emulated_nodes_and_the_harness_get_the_cross_compiler():
    assert build_inventory(shipped(), FILE).groups["cross_riscv64"] == ("rack-login", "rack-r1")


def test_a_partition_without_a_workload_manager_is_this_machine_and_not_managed():
    facility = Facility.model_validate(yaml.safe_load(facility_file("workstation").read_text()))
    inventory = build_inventory(facility, FILE)
    assert inventory.groups["managed"] == ()
    assert inventory.host_vars["localhost"] == {"ansible_connection": "local"}


def test_hosts_are_found_by_name_where_an_ssh_configuration_is_named():
    """The pinned host keys and addresses in it are found by name only."""
    inventory = build_inventory(shipped(ssh={"user": "root", "config": "~/it's here/ssh_config"}), FILE)
    assert inventory.host_vars["rack-c1"] == {"ansible_host": "rack-c1"}
    quoted = inventory.variables["ansible_ssh_common_args"]
    assert quoted == f"-F '{Path.home()}/it'\"'\"'s here/ssh_config'"


def test_hosts_are_found_by_address_where_no_ssh_configuration_is_named():
    inventory = build_inventory(shipped(ssh={"user": "admin"}), FILE)
    assert inventory.host_vars["rack-c1"] == {"ansible_host": "10.91.0.21"}
    assert inventory.variables["ansible_user"] == "admin"
    assert "ansible_ssh_common_args" not in inventory.variables


def test_nodes_of_one_class_in_two_partitions_are_one_line_of_hardware():
    partitions = {
        "a": {"nodes": "rack-c1", "node_class": "virtual-cpu"},
        "b": {"nodes": "rack-c2", "node_class": "virtual-cpu"},
    }
    variables = build_inventory(shipped(partitions=partitions), FILE).variables
    assert [item["nodes"] for item in variables["facility_node_classes"]] == ["rack-c[1-2]"]


def test_accelerators_carry_what_slurm_needs_to_find_them():
    classes = {
        "virtual-cpu": {
            "architecture": "x86_64",
            "cores_per_socket": 48,
            "sockets": 2,
            "threads_per_core": 2,
            "memory_mib": 1_900_000,
            "accelerators": {"part": "h100_sxm", "count": 8},
        },
        "virtual-riscv": {"architecture": "riscv64", "cores_per_socket": 1, "memory_mib": 2000},
    }
    inventory = build_inventory(shipped(node_classes=classes), FILE)
    hardware = inventory.variables["facility_node_classes"][0]
    assert hardware["accelerators"] == {"part": "h100_sxm", "count": 8, "vendor": "NVIDIA"}
    assert hardware["features"] == ["virtual-cpu", "x86_64", "gpu"]
    assert inventory.variables["facility_partitions"][0]["memory_per_cpu_mib"] == 1_900_000 // 192
    assert inventory.groups["accelerated"] == ("rack-c1", "rack-c2")


def test_an_unknown_part_is_refused():
    classes = {
        "virtual-cpu": {
            "architecture": "x86_64",
            "cores_per_socket": 1,
            "memory_mib": 1,
            "accelerators": {"part": "no_such_part", "count": 1},
        },
        "virtual-riscv": {"architecture": "riscv64", "cores_per_socket": 1, "memory_mib": 2000},
    }
    with pytest.raises(BadInputError, match="unknown part 'no_such_part'"):
        build_inventory(shipped(node_classes=classes), FILE)


def test_slurm_never_hears_of_titles():
    """Free text in slurm.conf or sacctmgr would be one more place to quote."""
    variables = build_inventory(shipped(), FILE).variables
    for name in ("facility_access_modes", "facility_partitions", "facility_node_classes"):
        assert all("title" not in item for item in variables[name])


def many_nodes(count):
    """Nodes n0 to n<count - 1>, 250 to an address block."""
    addresses = {"ctl": "10.255.0.1"}
    for block in range(count // 250):
        hosts = f"n[{block * 250}-{block * 250 + 249}]"
        addresses[hosts] = f"10.{block // 250}.{block % 250}.[1-250]"
    last = count - 1
    host = "ctl"
    return Facility.model_validate(
        {
            "plugin": "facility",
            "name": "large",
            "title": "Large",
            "kind": "physical",
            "addresses": addresses,
            "services": {"controller": host, "database": host, "login": host, "harness": host},
            "node_classes": {"plain": {"architecture": "x86_64", "cores_per_socket": 64, "memory_mib": 1024}},
            "partitions": {"cpu": {"nodes": f"n[0-{last}]", "node_class": "plain"}},
        }
    )


def test_variables_do_not_grow_with_every_node():
    """25,000 nodes: what each host is told stays a few kilobytes, so a run costs each host the same."""
    begun = time.process_time()
    inventory = build_inventory(many_nodes(25_000), FILE)
    seconds = time.process_time() - begun
    assert len(inventory.groups["scheduled"]) == 25_000
    assert len(json.dumps(inventory.variables)) < 25_000 / 2
    assert sum(sys.getsizeof(values) for values in inventory.host_vars.values()) < 25_000 * 500
    assert seconds < 10
