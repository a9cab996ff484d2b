"""The rack's subnet is its own."""

import ipaddress

import pytest

from millwright.rack.network import has_interface, overlapping, remove_bridge

RACK = ipaddress.IPv4Network("10.91.0.0/24")


@pytest.mark.parametrize(
    ("address", "taken"),
    [("10.91.0.77/32", True), ("10.0.0.1/8", True), ("10.91.1.1/24", False), ("192.0.2.2/24", False)],
)
def test_an_interface_in_the_way_is_found(address, taken):
    assert overlapping(RACK, [("vpn0", address)], "mw-rack") == ([f"vpn0 ({address})"] if taken else [])


def test_the_racks_own_bridge_is_not_in_the_way():
    assert overlapping(RACK, [("mw-rack", "10.91.0.1/24")], "mw-rack") == []


def test_removing_a_bridge_that_is_not_there_does_nothing():
    assert not has_interface("mw-none")
    remove_bridge("mw-none")
