"""Where nodes stand and which switch they hang on."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import StringConstraints

from millwright.facility.frozen import Frozen
from millwright.facility.names import NodeSetText, expand

PLACE_NAME = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
PlaceName = Annotated[str, StringConstraints(pattern=PLACE_NAME)]
"""The name of a rack or switch."""

Racks = dict[PlaceName, NodeSetText]
"""Hosts of each rack: what shares power, cooling and the hands of whoever opens it."""


class Switch(Frozen):
    """A switch of the network that jobs use: a leaf with nodes, or one that joins other switches."""

    nodes: NodeSetText | None = None
    """Nodes on this switch; only a leaf has them."""
    switches: NodeSetText | None = None
    """Switches below this one, as a set: `leaf[1-4]`."""


Switches = dict[PlaceName, Switch]


def rack_of(racks: Racks) -> dict[str, str]:
    """The rack of each host that stands in one."""
    return {host: rack for rack, hosts in racks.items() for host in expand(hosts)}


def switch_group_of(switches: Switches) -> dict[str, str]:
    """The leaf switch of each node that hangs on one."""
    leaves = {name: switch.nodes for name, switch in switches.items() if switch.nodes}
    return {node: leaf for leaf, nodes in leaves.items() for node in expand(nodes)}


def children(switches: Mapping[str, Switch]) -> dict[str, tuple[str, ...]]:
    """The switches directly below each switch."""
    return {name: expand(switch.switches) if switch.switches else () for name, switch in switches.items()}
