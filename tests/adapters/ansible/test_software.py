"""Storage, software and fabrics as groups and variables of Ansible."""

from pathlib import Path

import yaml

from millwright.adapters.ansible.inventory import build_inventory
from millwright.facility.model import Facility

ROOT = Path(__file__).resolve().parents[3]
BASE = yaml.safe_load((ROOT / "tests/facility/cases/base.yaml").read_text())
NODES = ("n1", "n2", "n3", "n4")


def inventory(**changes):
    return build_inventory(Facility.model_validate(BASE | changes), Path("site.facility.yaml"))


def test_a_facility_without_storage_and_software_has_neither():
    groups = inventory().groups
    for name in ("storage", "nfs_server", "modules", "containers", "eessi", "rdma"):
        assert groups[name] == ()


def test_software_goes_to_those_who_use_it():
    software = {"modules": {"trees": ["/m"]}, "containers": {"engines": ["podman", "enroot"]}, "eessi": {}}
    groups = inventory(software=software).groups
    assert groups["modules"] == groups["eessi"] == (*NODES, "login")
    assert groups["containers"] == groups["containers_podman"] == groups["containers_enroot"] == NODES
    assert "containers_apptainer" not in groups


def test_a_file_system_goes_to_its_server_and_those_who_mount_it():
    home = {"kind": "nfs", "server": "ctl", "source": "/srv", "mount": "/home", "mounted_by": ["nodes"]}
    built = inventory(storage={"home": home})
    assert built.groups["storage"] == (*NODES, "ctl")
    assert built.groups["nfs_server"] == ("ctl",)
    assert built.groups["nfs_client"] == NODES
    (told,) = built.variables["facility_storage"]
    assert (told["address"], told["groups"]) == ("10.0.0.1", ["scheduled"])


def test_every_node_knows_the_fabric_of_its_class():
    plain = BASE["node_classes"]["plain"] | {"fabric": {"kind": "roce", "devices": ["mlx5_0:1"]}}
    built = inventory(node_classes={"plain": plain})
    assert built.groups["rdma"] == built.groups["class_plain"] == NODES
    (told,) = built.variables["facility_fabrics"]
    assert told == {
        "group": "class_plain",
        "kind": "roce",
        "interfaces": [],
        "devices": ["mlx5_0:1"],
        "rail_gb_s": None,
        "traffic_class": None,
        "vendor": "",
    }
