"""Processors of the host that was asked, to hold against what Slurm says of it."""

from millwright.core.json_text import load_json
from millwright.discovery.nodes import Node

FIELDS = {
    "Socket(s):": "sockets",
    "Core(s) per socket:": "cores_per_socket",
    "Thread(s) per core:": "threads_per_core",
}


def parse_lscpu(text: str) -> dict[str, int]:
    """Sockets, cores and threads from ``lscpu --json``; older versions have no tree."""
    try:
        rows = load_json(text)["lscpu"]
    except (ValueError, KeyError, TypeError):
        return {}
    found: dict[str, int] = {}
    waiting = list(rows) if isinstance(rows, list) else []
    while waiting:
        row = waiting.pop()
        if not isinstance(row, dict):
            continue
        children = row.get("children")
        waiting += children if isinstance(children, list) else []
        name, data = FIELDS.get(str(row.get("field"))), str(row.get("data"))
        if name and data.isdecimal():
            found[name] = int(data)
    return found


def differences(node: Node, processors: dict[str, int]) -> tuple[str, ...]:
    """Where the host and Slurm disagree about the host."""
    return tuple(
        f"lscpu of {node.name} says {name}: {processors[name]}"
        for name in FIELDS.values()
        if name in processors and processors[name] != getattr(node, name)
    )
