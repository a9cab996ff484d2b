"""Switches of the network that jobs use, from what ``scontrol show topology`` prints."""

from dataclasses import dataclass

from millwright.discovery.nodes import PAIR


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
