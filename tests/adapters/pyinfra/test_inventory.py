"""The gateways as pyinfra's inventory: hosts, data and the traps of pyinfra's groups."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.core.places import product_root
from millwright.facility import load_facility

STATE = Path("/state")


@pytest.fixture
def facility_with(tmp_path):
    def make(change=lambda _: None):
        data = yaml.safe_load((product_root() / "inventories" / "rack" / "facility.yaml").read_text())
        change(data)
        (tmp_path / "facility.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
        return load_facility(tmp_path / "facility.yaml")

    return make


def another_antenna(data, gateway):
    other = copy.deepcopy(data["antennas"]["coast"])
    other["gateway"] = gateway
    other["users"] = [{"name": "eve", "account": "islands"}]
    data["addresses"][gateway] = "10.91.0.49"
    other["tunnel"]["gateway_address"] = "10.92.0.9"
    data["antennas"]["pyinfra"] = other


def test_a_gateway_that_takes_bundles_is_no_host_of_pyinfra(facility_with):
    facility = facility_with(lambda data: data["antennas"]["hills"].update(reached_by="bundle"))
    groups = pyinfra_groups(facility, STATE)
    assert [host for host, _ in groups["gateways"]] == ["rack-antenna"]
    assert "antenna_hills" not in groups


def test_the_rack_reads_as_expected(facility_with, monkeypatch, golden):
    monkeypatch.setenv("HOME", "/home/admin")
    groups = pyinfra_groups(facility_with(), STATE)
    golden("pyinfra-rack.json", json.dumps(groups, indent=2) + "\n")


def test_hosts_are_only_reached_when_their_key_is_pinned(facility_with):
    for entries in pyinfra_groups(facility_with(), STATE).values():
        assert {data["ssh_strict_host_key_checking"] for _, data in entries} == {"yes"}


def test_without_an_openssh_configuration_the_address_is_used(facility_with):
    facility = facility_with(lambda data: data["ssh"].pop("config"))
    gateways = dict(pyinfra_groups(facility, STATE)["gateways"])
    addresses = {host: data["ssh_hostname"] for host, data in gateways.items()}
    assert addresses == {"rack-antenna": "10.91.0.41", "rack-antenna2": "10.91.0.42"}
    assert {data["ssh_strict_host_key_checking"] for data in gateways.values()} == {"yes"}
    assert not any("ssh_config_file" in data for data in gateways.values())


def test_an_antenna_called_like_pyinfras_own_group_stays_apart(facility_with):
    """pyinfra adds a group named after the inventory file, with every host in it."""
    groups = pyinfra_groups(facility_with(lambda data: another_antenna(data, "hill-gateway")), STATE)
    assert [host for host, _ in groups["antenna_pyinfra"]] == ["hill-gateway"]
    assert "pyinfra" not in groups


def test_a_facility_without_antennas_has_no_gateways(facility_with):
    def without(data):
        data["antennas"].clear()
        del data["addresses"]["rack-antenna"], data["addresses"]["rack-antenna2"]

    assert pyinfra_groups(facility_with(without), STATE) == {"gateways": []}


@pytest.mark.parametrize(
    ("facility", "hosts"),
    [
        (
            "rack",
            {
                "rack-antenna": ["gateways", "antenna_coast", "pyinfra"],
                "rack-antenna2": ["gateways", "antenna_hills", "pyinfra"],
            },
        ),
        ("workstation", {}),
    ],
)
def test_pyinfra_itself_reads_the_shipped_inventories(facility, hosts, tmp_path):
    inventory = product_root() / "inventories" / facility / "pyinfra.py"
    done = subprocess.run(
        [sys.executable, "-m", "pyinfra", "--json", str(inventory), "debug-inventory"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert {host["name"]: host["groups"] for host in json.loads(done.stdout)} == hosts
