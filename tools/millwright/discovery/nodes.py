"""Nodes as Slurm describes them: JSON where its version has it, else lines of ``key=value``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from millwright.core.json_text import load_json

GRES = re.compile(r"(?:^|,)gpu(?::([^:,()]+))?:(\d+)")
PAIR = re.compile(r"(?:^|\s)([A-Za-z_]+)=((?:(?!\s[A-Za-z_]+=).)*)")


@dataclass(frozen=True, slots=True)
class Node:
    """One node."""

    name: str
    address: str
    architecture: str
    sockets: int
    cores_per_socket: int
    threads_per_core: int
    memory_mib: int
    accelerator: str
    """Type that ``gres`` gives the accelerators; empty if it gives none."""
    accelerators: int
    features: tuple[str, ...]
    partitions: tuple[str, ...]


def parse_nodes_json(text: str) -> tuple[Node, ...]:
    """Nodes from ``scontrol show nodes --json``; none where the text is no such answer."""
    try:
        found = load_json(text)
        rows = found["nodes"]
        return tuple(_from_json(row) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def parse_nodes_text(text: str) -> tuple[Node, ...]:
    """Nodes from ``scontrol --oneliner show nodes``; lines that are no nodes are left out."""
    rows = (dict(PAIR.findall(line)) for line in text.splitlines() if line.startswith("NodeName="))
    return tuple(_from_text(row) for row in rows)


def _from_json(row: Mapping[str, Any]) -> Node:
    kind, count = gres(str(row.get("gres") or ""))
    sockets = int(row["sockets"])
    return Node(
        name=str(row["name"]),
        address=str(row.get("address") or row["name"]),
        architecture=str(row.get("architecture") or ""),
        sockets=sockets,
        cores_per_socket=int(row["cores"]),
        threads_per_core=int(row["threads"]),
        memory_mib=int(row["real_memory"]),
        accelerator=kind,
        accelerators=count,
        features=words(row.get("features")),
        partitions=words(row.get("partitions")),
    )


def _from_text(row: Mapping[str, str]) -> Node:
    kind, count = gres(row.get("Gres", ""))
    return Node(
        name=row["NodeName"].strip(),
        address=row.get("NodeAddr", row["NodeName"]).strip(),
        architecture=row.get("Arch", "").strip(),
        sockets=_whole(row.get("Sockets", "")),
        cores_per_socket=_whole(row.get("CoresPerSocket", "")),
        threads_per_core=_whole(row.get("ThreadsPerCore", "")),
        memory_mib=_whole(row.get("RealMemory", "")),
        accelerator=kind,
        accelerators=count,
        features=words(row.get("AvailableFeatures")),
        partitions=words(row.get("Partitions")),
    )


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() else 0


def words(value: object) -> tuple[str, ...]:
    """Names from a list, or from a text with commas, in which older versions write them."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return tuple(word for part in parts if (word := str(part).strip()) and word != "(null)")


def gres(text: str) -> tuple[str, int]:
    """Type and number of accelerators.

    >>> gres("gpu:h100_sxm:8(S:0-1),nvme:1")
    ('h100_sxm', 8)
    """
    found = GRES.findall(text)
    kinds = {kind for kind, _ in found}
    return (kinds.pop() if len(kinds) == 1 else ""), sum(int(count) for _, count in found)
