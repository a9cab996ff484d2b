"""Racks and switches as waves ask for them."""

from millwright.facility.topics.placement import Switch, children

SWITCHES = {
    "leaf1": Switch(nodes="n[1-2]"),
    "leaf2": Switch(nodes="n3"),
    "spine": Switch(switches="leaf[1-2]"),
}


def test_switches_below_each_switch():
    assert children(SWITCHES) == {"leaf1": (), "leaf2": (), "spine": ("leaf1", "leaf2")}
