"""The tree of switches as a facility has it."""

import re
from collections.abc import Collection, Iterator, Sequence

from millwright.discovery.node_sets import expanded, folded
from millwright.discovery.remarks import Remarks
from millwright.discovery.topology import FoundSwitch
from millwright.facility.placement import PLACE_NAME


def switches(
    found: Sequence[FoundSwitch], nodes: Collection[str], unknown: Remarks
) -> Iterator[tuple[str, dict[str, str]]]:
    """Every switch, or none with a remark: a tree that lacks a part would place jobs wrongly."""
    if bad := [switch.name for switch in found if not re.fullmatch(PLACE_NAME, switch.name)]:
        unknown("switches", f"names that Millwright does not take: {', '.join(bad)}; the tree was left out")
        return
    for switch in found:
        if switch.switches:
            yield switch.name, {"switches": switch.switches}
        elif below := tuple(node for node in expanded(switch.nodes) if node in nodes):
            yield switch.name, {"nodes": folded(below)}
