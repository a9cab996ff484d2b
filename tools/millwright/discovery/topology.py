"""Switches of the network that jobs use, from what ``scontrol show topology`` prints."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from millwright.discovery.node_sets import Remarks, expanded, folded
from millwright.discovery.nodes import PAIR
from millwright.facility.topics.placement import PLACE_NAME


@dataclass(frozen=True, slots=True)
class FoundSwitch:
    """One switch with the nodes or the switches below it, as Slurm folds them."""

    name: str
    nodes: str
    switches: str


def parse_topology(text: str) -> tuple[FoundSwitch, ...]:
    """Switches in Slurm's order; a switch above others lists their nodes too, which are theirs."""
    rows = (dict(PAIR.findall(line)) for line in text.splitlines() if line.startswith("SwitchName="))
    found = ((row["SwitchName"].strip(), row.get("Nodes", "").strip(), _below(row)) for row in rows)
    return tuple(FoundSwitch(name, "" if below else nodes, below) for name, nodes, below in found)


def _below(row: dict[str, str]) -> str:
    text = row.get("Switches", "").strip()
    return "" if text == "(null)" else text


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
