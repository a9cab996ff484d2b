"""The rack's own subnet: one bridge on the host, one veth a node."""

import ipaddress
import json
import socket
from collections.abc import Iterable

from millwright.core.errors import FailedError
from millwright.core.process import output_of
from millwright.rack.journal import Entry, Journal
from millwright.rack.plan import RackNode, RackPlan

NODE_INTERFACE = "host0"  # systemd-nspawn names it so inside every container


def label(rack_name: str) -> str:
    """What the bridge carries as its alias, so that it is known for ours without a journal."""
    return f"millwright:{rack_name}"


def has_interface(name: str) -> bool:
    """Whether the host has an interface of that name."""
    return name in {interface for _, interface in socket.if_nameindex()}


def overlapping(network: ipaddress.IPv4Network, addresses: Iterable[tuple[str, str]], own: str) -> list[str]:
    """Interfaces other than ``own`` whose network overlaps; ``addresses`` are (interface, address/length)."""
    found = []
    for interface, text in addresses:
        if interface != own and ipaddress.IPv4Interface(text).network.overlaps(network):
            found.append(f"{interface} ({text})")
    return found


def _host_addresses() -> list[tuple[str, str]]:
    return [
        (link["ifname"], f"{info['local']}/{info['prefixlen']}")
        for link in json.loads(output_of(["ip", "-j", "-4", "address", "show"]))
        for info in link.get("addr_info", [])
    ]


def _alias(name: str) -> str:
    return str(json.loads(output_of(["ip", "-j", "link", "show", "dev", name]))[0].get("ifalias", ""))


def make_bridge(plan: RackPlan, journal: Journal) -> None:
    """Make the bridge with the host's address, unless it is there already.

    An interface of that name that is not known for ours belongs to somebody else and is refused,
    and so is a subnet that another interface uses.
    """
    taken = overlapping(plan.network, _host_addresses(), plan.bridge)
    if taken:
        text = (
            f"{plan.network} is already used here by {', '.join(taken)}; change network.cidr of the facility"
        )
        raise FailedError(text, code="MW7029")
    entry = Entry("bridge", plan.bridge)
    if not has_interface(plan.bridge):
        journal.note(entry)
        output_of(
            [
                "ip",
                "link",
                "add",
                "name",
                plan.bridge,
                "type",
                "bridge",
                "forward_delay",
                "0",
                "stp_state",
                "0",
            ]
        )
    elif entry not in journal.entries() and _alias(plan.bridge) != label(plan.name):
        text = f"the interface {plan.bridge} was not made by this rack; remove or rename it first"
        raise FailedError(text, code="MW7030")
    journal.note(entry)
    output_of(["ip", "link", "set", plan.bridge, "alias", label(plan.name)])
    output_of(["ip", "address", "replace", f"{plan.gateway}/{plan.prefix_length}", "dev", plan.bridge])
    output_of(["ip", "link", "set", plan.bridge, "up"])


def find_bridge(plan: RackPlan) -> str | None:
    """The rack's bridge, known by its alias, where no journal tells."""
    return plan.bridge if has_interface(plan.bridge) and _alias(plan.bridge) == label(plan.name) else None


def remove_bridge(name: str) -> None:
    """Remove a bridge of the rack and every port still on it."""
    if not has_interface(name):
        return
    for link in json.loads(output_of(["ip", "-j", "link", "show", "master", name])):
        if has_interface(link["ifname"]):
            output_of(["ip", "link", "delete", link["ifname"]])
    output_of(["ip", "link", "delete", name, "type", "bridge"])


def give_address(plan: RackPlan, node: RackNode, first_pid: int) -> None:
    """Give a node its address, from outside, in the network namespace of its first process."""
    inside = ["nsenter", "--target", str(first_pid), "--net", "ip"]
    output_of([*inside, "address", "replace", f"{node.address}/{plan.prefix_length}", "dev", NODE_INTERFACE])
    output_of([*inside, "link", "set", NODE_INTERFACE, "up"])
