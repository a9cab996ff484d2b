"""Nodes as Slurm describes them: JSON where its version has it, else lines of ``key=value``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from millwright.core.json_text import load_json
from millwright.core.slurm_text import Line, read_lines
from millwright.discovery.kept import NODE_JSON, NODE_JSON_KNOWN, NODE_KEPT, NODE_STATE, NODE_USED, keep

GRES = re.compile(r"(?:^|,)gpu(?::([^:,()]+))?:(\d+)(?![\d.])")
PLAIN_GRES = re.compile(r"(?:^|,)((?!gpu[:,(]|gpu$)[A-Za-z0-9_]+(?::[^:,()]+)*)(?:\([^)]*\))?(?=,|$)")


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
    settings: tuple[tuple[str, str], ...] = ()
    """Other parameters that Slurm has of the node, by their names in slurm.conf."""
    other_gres: tuple[str, ...] = ()
    """Resources beside ``gpu``, as Slurm writes them."""
    remarks: tuple[str, ...] = ()
    """What Slurm says and nothing here understands or keeps."""


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
    return tuple(_from_text(line) for line in read_lines(text, "NodeName")[0])


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
        **_beside(
            {NODE_JSON.get(key, key): _json_text(value) for key, value in row.items()},
            NODE_JSON_KNOWN,
            str(row.get("gres") or ""),
            _odd(row, str(row["name"])),
        ),
    )


def _odd(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A second name of the host, and free texts that stay with it."""
    host = str(row.get("hostname") or name)
    texts = tuple(f"{key}: {row[key.lower()]}" for key in ("Comment", "Extra") if row.get(key.lower()))
    return (*((f"NodeHostName={host} is not described",) if host != name else ()), *texts)


def _json_text(value: object) -> str:
    """A value as the text form has it; empty where nothing is set."""
    if isinstance(value, Mapping) and "number" in value:
        value = value["number"] if value.get("set", True) else ""
    return "" if value in (None, [], {}) else str(value)


def _beside(
    values: Mapping[str, str], known: frozenset[str], gres_text: str, odd: tuple[str, ...]
) -> dict[str, Any]:
    """Settings, other resources and remarks of a node."""
    remarks: list[str] = list(odd)
    settings = keep(values, NODE_KEPT, known, remarks.append)
    return {
        "settings": tuple(sorted(settings.items())),
        "other_gres": tuple(PLAIN_GRES.findall("" if gres_text == "(null)" else gres_text)),
        "remarks": tuple(remarks),
    }


def _from_text(row: Line) -> Node:
    kind, count = gres(row.get("Gres"))
    name = row.values["NodeName"]
    texts = {key.lower(): value for key, value in row.free.items() if key != "Reason"}
    odd = _odd({"hostname": row.get("NodeHostName"), **texts}, name)
    return Node(
        name=name,
        address=row.get("NodeAddr") or name,
        architecture=row.get("Arch"),
        sockets=_whole(row.get("Sockets")),
        cores_per_socket=_whole(row.get("CoresPerSocket")),
        threads_per_core=_whole(row.get("ThreadsPerCore")),
        memory_mib=_whole(row.get("RealMemory")),
        accelerator=kind,
        accelerators=count,
        features=words(row.get("AvailableFeatures")),
        partitions=words(row.get("Partitions")),
        **_beside(row.values, NODE_USED | NODE_STATE, row.get("Gres"), odd),
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
