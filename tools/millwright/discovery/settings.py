"""Settings and partitions of Slurm, from what ``scontrol`` prints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from millwright.discovery.nodes import PAIR

HOST = re.compile(r"^([^()\s]+)(?:\(([0-9.]+)\))?$")


@dataclass(frozen=True, slots=True)
class FoundPartition:
    """One partition."""

    name: str
    nodes: str
    is_default: bool
    max_time: str
    """As Slurm writes it: ``1-00:00:00`` or ``UNLIMITED``."""


def parse_config(text: str) -> dict[str, str]:
    """Settings from ``scontrol show config``; ``(null)`` and ``N/A`` count as not set."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    found = {key.strip(): value.strip() for key, _, value in pairs}
    return {key: value for key, value in found.items() if value not in {"(null)", "N/A", ""}}


def controllers(config: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Host and address (or nothing) of each controller, the first one first."""
    hosts = sorted((key, value) for key, value in config.items() if key.startswith("SlurmctldHost["))
    found = (HOST.match(value) for _, value in hosts)
    return tuple((match[1], match[2] or "") for match in found if match)


def parse_partitions(text: str) -> tuple[FoundPartition, ...]:
    """Partitions from ``scontrol --oneliner show partitions``, in Slurm's order."""
    rows = (dict(PAIR.findall(line)) for line in text.splitlines() if line.startswith("PartitionName="))
    return tuple(
        FoundPartition(
            name=row["PartitionName"].strip(),
            nodes=row.get("Nodes", "").strip().removesuffix("(null)"),
            is_default=row.get("Default", "").strip() == "YES",
            max_time=row.get("MaxTime", "").strip(),
        )
        for row in rows
    )


def seconds(text: str) -> int | None:
    """A time of Slurm in seconds; None if the text is none.

    >>> seconds("1-02:00:30"), seconds("UNLIMITED")
    (93630, None)
    """
    match = re.fullmatch(r"(?:(\d{1,9})-)?(\d{1,9}):(\d\d?):(\d\d?)", text, re.ASCII)
    if not match:
        return None
    days, hours, rest, last = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + rest) * 60 + last


def minutes(text: str) -> int | None:
    """A limit of Slurm in whole minutes; None if there is none or it has seconds.

    >>> minutes("1-02:00:00"), minutes("00:30:00"), minutes("UNLIMITED")
    (1560, 30, None)
    """
    limit = seconds(text)
    return limit // 60 if limit and not limit % 60 else None
