"""A wave of nodes gets its own nodes and every service, with the same variables."""

import json
import re

import pytest

from millwright.adapters.ansible.inventory import build_inventory
from millwright.adapters.ansible.stored_inventory import (
    Narrowing,
    inventory_for,
    read_inventory,
    write_inventory,
)
from millwright.core.places import facility_file, product_root
from millwright.facility import load_facility

FILE = facility_file("rack")
OF_NODES = re.compile(r"groups(?:\.|\[')(managed|nodes|scheduled|exporters|partition_\w*|dcgm_exporters)\b")
MAY_NAME_ALL_NODES = {"prometheus", "munge", "verify"}
"""Roles that ask for all nodes, on hosts of services only: a run on one gets the whole inventory."""


@pytest.fixture(scope="module")
def inventory():
    return build_inventory(load_facility(FILE), FILE)


def test_a_wave_of_nodes_knows_its_nodes_and_every_host_that_is_none(inventory):
    found = Narrowing(inventory).to(["rack-c2"])
    assert found.groups["scheduled"] == found.groups["partition_cpu"] == ("rack-c2",)
    assert found.groups["managed"] == ("rack-ctl", "rack-ctl2", "rack-login", "rack-c2")
    assert found.groups["partition_dare"] == ()
    assert found.groups.keys() == inventory.groups.keys()
    assert set(found.host_vars) == set(inventory.host_vars) - {"rack-c1", "rack-r1"}
    assert found.variables == inventory.variables


@pytest.mark.parametrize(
    "hosts", [["rack-ctl2", "rack-c1"], ["rack-login"], ["rack-c1", "rack-c2", "rack-r1"]]
)
def test_a_run_on_services_or_on_every_node_knows_everything(inventory, hosts):
    assert Narrowing(inventory).to(hosts) is inventory


def test_a_node_that_serves_something_is_always_known(tmp_path):
    file = tmp_path / "facility.yaml"
    text = FILE.read_text().replace("harness: rack-login", "harness: rack-c1")
    file.write_text(text)
    found = Narrowing(build_inventory(load_facility(file), file)).to(["rack-c2"])
    assert found.groups["harness"] == ("rack-c1",)


def test_an_inventory_is_read_as_it_was_written_and_by_its_owner_only(inventory, tmp_path):
    path = tmp_path / "inventory.json"
    write_inventory(inventory, path)
    assert read_inventory(path) == inventory
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        write_inventory(inventory, path)


def test_a_stored_inventory_serves_its_own_facility_only(inventory, tmp_path):
    path = tmp_path / "inventory.json"
    write_inventory(inventory, path)
    assert inventory_for(FILE, str(path)) == inventory
    assert inventory_for(facility_file("workstation"), str(path)) is None
    assert inventory_for(FILE, "") is None


def test_what_is_stored_is_plain_data(inventory):
    assert json.loads(json.dumps(inventory.variables)) == inventory.variables


def test_no_other_role_asks_for_all_nodes():
    """Such a role would see the nodes of one wave: it has to take what it needs from the variables."""
    roles = product_root() / "playbooks" / "roles"
    asking = {
        path.relative_to(roles).parts[0]
        for path in roles.rglob("*")
        if path.suffix in {".yml", ".j2"} and OF_NODES.search(path.read_text())
    }
    assert asking <= MAY_NAME_ALL_NODES
    assert "prometheus" in asking  # the pattern finds what is there
