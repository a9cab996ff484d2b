"""Where nodes stand and which switch they hang on."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from millwright.core.frozen import Finding, Frozen
from millwright.core.node_sets import expand
from millwright.core.suggestions import did_you_mean
from millwright.facility.fields import HostSetText, NodeSetText

if TYPE_CHECKING:
    from millwright.facility.model import Facility


PLACE_NAME = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
PlaceName = Annotated[str, StringConstraints(pattern=PLACE_NAME)]
"""The name of a rack or switch."""

Racks = dict[PlaceName, HostSetText]
"""Hosts of each rack: what shares power, cooling and the hands of whoever opens it."""


class Switch(Frozen):
    """A switch of the network that jobs use: a leaf with nodes, or one that joins other switches."""

    nodes: HostSetText | None = None
    """Nodes on this switch; only a leaf has them."""
    switches: NodeSetText | None = None
    """Switches below this one, as a set: `leaf[1-4]`."""


Switches = dict[PlaceName, Switch]


def children(switches: Mapping[str, Switch]) -> dict[str, tuple[str, ...]]:
    """The switches directly below each switch."""
    return {name: expand(switch.switches) if switch.switches else () for name, switch in switches.items()}


def find_placement_problems(facility: "Facility") -> Iterator[Finding]:
    """Contradictions of ``racks`` and ``switches``."""
    yield from _racks(facility)
    yield from _kinds(facility.switches)
    yield from _leaves(facility)
    yield from _tree(facility.switches)


def _hosts(facility: "Facility") -> set[str]:
    nodes = {node for partition in facility.partitions.values() for node in partition.node_names()}
    services = facility.services.all_hosts() if facility.services else set()
    return nodes | services | {antenna.gateway for antenna in facility.antennas.values()}


def _racks(facility: "Facility") -> Iterator[Finding]:
    known, owner = _hosts(facility), dict[str, str]()
    for rack, hosts in facility.racks.items():
        for host in expand(hosts):
            if host not in known:
                problem = f"{host} is neither a node nor runs a service"
                yield Finding("MW1211", f"racks.{rack}", problem, "a host of this facility")
            if host in owner:
                yield Finding(
                    "MW1212", f"racks.{rack}", f"{host} is in rack {owner[host]} too", "each host once"
                )
            owner.setdefault(host, rack)


def _kinds(switches: dict[str, Switch]) -> Iterator[Finding]:
    for name, switch in switches.items():
        if (switch.nodes is None) == (switch.switches is None):
            problem = "neither nodes nor switches" if switch.nodes is None else "both nodes and switches"
            yield Finding(
                "MW1213", f"switches.{name}", problem, "nodes for a leaf, switches for one that joins others"
            )


def _leaves(facility: "Facility") -> Iterator[Finding]:
    if not facility.switches:
        return
    partitions = [p for p in facility.partitions.values() if p.scheduler == "slurm"]
    scheduled = {node for partition in partitions for node in partition.node_names()}
    owner: dict[str, str] = {}
    for name, switch in facility.switches.items():
        for node in expand(switch.nodes) if switch.nodes else ():
            if node not in scheduled:
                problem = f"{node} is in no partition that Slurm schedules"
                yield Finding("MW1214", f"switches.{name}.nodes", problem, "nodes of partitions")
            if node in owner:
                yield Finding(
                    "MW1215",
                    f"switches.{name}.nodes",
                    f"{node} is on {owner[node]} too",
                    "one leaf for each node",
                )
            owner.setdefault(node, name)
    for node in sorted(scheduled - owner.keys()):
        yield Finding(
            "MW1216",
            "switches",
            f"{node} is on no switch, so Slurm would place no job on it",
            "a leaf with it",
        )


def _tree(switches: dict[str, Switch]) -> Iterator[Finding]:
    parent: dict[str, str] = {}
    for name, below in children(switches).items():
        for child in below:
            if child not in switches:
                expected = f"a key of switches{did_you_mean(child, switches)}"
                yield Finding("MW1217", f"switches.{name}.switches", f"unknown switch {child!r}", expected)
            if child in parent:
                problem = f"{child} is below {parent[child]} too"
                yield Finding("MW1218", f"switches.{name}.switches", problem, "a tree: one switch above each")
            parent.setdefault(child, name)
    for name in switches:
        if _is_below_itself(name, parent):
            yield Finding("MW1219", f"switches.{name}", "is below itself", "a tree")


def _is_below_itself(name: str, parent: dict[str, str]) -> bool:
    seen: set[str] = set()
    place = parent.get(name)
    while place is not None and place not in seen:
        if place == name:
            return True
        seen.add(place)
        place = parent.get(place)
    return False
