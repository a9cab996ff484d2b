"""Racks and switches as waves ask for them."""

from millwright.facility.topics.placement import Switch, children, rack_of, switch_group_of

SWITCHES = {
    "leaf1": Switch(nodes="n[1-2]"),
    "leaf2": Switch(nodes="n3"),
    "spine": Switch(switches="leaf[1-2]"),
}


def test_the_rack_of_each_host():
    assert rack_of({"a1": "n[1-2],ctl", "a2": "n3"}) == {"n1": "a1", "n2": "a1", "ctl": "a1", "n3": "a2"}


def test_the_leaf_of_each_node():
    assert switch_group_of(SWITCHES) == {"n1": "leaf1", "n2": "leaf1", "n3": "leaf2"}


def test_switches_below_each_switch():
    assert children(SWITCHES) == {"leaf1": (), "leaf2": (), "spine": ("leaf1", "leaf2")}
