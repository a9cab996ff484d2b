"""The tree takes a node's place: the same groups and variables, another way to it."""

from pathlib import Path

from millwright.adapters.ansible.inventory import build_inventory
from millwright.facility import load_facility
from millwright.images.provision import entered_through, image_options

FILE = Path(__file__).resolve().parents[2] / "inventories/rack/facility.yaml"


def test_the_tree_has_the_node_s_groups_and_only_its_way_differs():
    whole = build_inventory(load_facility(FILE), FILE)
    found = entered_through(whole, "rack-c1", Path("/i/a b/ssh_config"))
    for group, hosts in whole.groups.items():
        assert ("rack-c1" in hosts) == ("rack-c1" in found.groups[group]), group
    assert found.variables == whole.variables
    assert found.host_vars["rack-c1"]["ansible_ssh_common_args"] == "-F '/i/a b/ssh_config'"
    assert found.host_vars["rack-ctl"] == whole.host_vars["rack-ctl"]


def test_no_other_host_is_reached_and_no_secret_is_brought():
    options = image_options("rack-c1")
    assert options.limit == ("rack-c1",)
    assert {"munge", "ssh_hosts"} <= set(options.skipped_tags)
    assert options.variables == {"host_is_live": False}
