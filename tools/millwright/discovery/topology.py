"""Switches of the network that jobs use, from what ``scontrol show topology`` prints."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from millwright.core.slurm_text import read_line, read_lines
from millwright.discovery.node_sets import Remarks, expanded, folded
from millwright.facility.topics.placement import PLACE_NAME


@dataclass(frozen=True, slots=True)
class FoundSwitch:
    """One switch with the nodes or the switches below it, as Slurm folds them."""

    name: str
    nodes: str
    switches: str


@dataclass(frozen=True, slots=True)
class FoundBlock:
    """One block, or several of them together."""

    name: str
    nodes: str
    size: str
    is_aggregated: bool = False


SWITCH_KEYS = frozenset({"SwitchName", "Level", "LinkSpeed", "Nodes", "Switches"})
BLOCK_KEYS = frozenset({"BlockName", "AggregatedBlock", "BlockIndex", "Nodes", "BlockSize"})


def parse_topology(text: str) -> tuple[FoundSwitch, ...]:
    """Switches in Slurm's order; a switch above others lists their nodes too, which are theirs."""
    rows = read_lines(text, "SwitchName")[0]
    found = ((row.values["SwitchName"], row.get("Nodes"), row.get("Switches")) for row in rows)
    return tuple(FoundSwitch(name, "" if below else nodes, below) for name, nodes, below in found)


def parse_blocks(text: str) -> tuple[FoundBlock, ...]:
    """Blocks in Slurm's order, those that join others included."""
    return tuple(
        FoundBlock(row.values[key], row.get("Nodes"), row.get("BlockSize"), key == "AggregatedBlock")
        for key in ("BlockName", "AggregatedBlock")
        for row in read_lines(text, key)[0]
    )


def topology_remarks(text: str, unknown: Remarks) -> None:
    """Remark every line and key that is described nowhere."""
    for line in filter(None, map(str.strip, text.splitlines())):
        keys = dict(read_line(line).values)
        known = SWITCH_KEYS if "SwitchName" in keys else BLOCK_KEYS
        if not line.startswith(("SwitchName=", "BlockName=", "AggregatedBlock=")):
            unknown("switches", f"a line that is not understood: {line[:200]}")
        for key, value in keys.items():
            if line.startswith(("SwitchName=", "BlockName=", "AggregatedBlock=")) and key not in known:
                unknown("switches", f"{line.split()[0]}: {key}={value} is not described")


def blocks(
    found: Sequence[FoundBlock], nodes: Collection[str], unknown: Remarks
) -> tuple[dict[str, str], list[int]]:
    """Blocks with their nodes, and the sizes that Slurm plans with; none with a remark where one is odd."""
    plain = [block for block in found if not block.is_aggregated]
    if bad := [block.name for block in plain if not re.fullmatch(PLACE_NAME, block.name)]:
        unknown("blocks", f"names that Millwright does not take: {', '.join(bad)}; the blocks were left out")
        return {}, []
    members = {
        block.name: folded(tuple(node for node in expanded(block.nodes) if node in nodes)) for block in plain
    }
    sizes = sorted({int(block.size) for block in found if block.size.isdecimal()})
    return {name: text for name, text in members.items() if text}, sizes


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
