"""Settings and partitions of Slurm, from what ``scontrol`` prints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from millwright.core.slurm_text import read_lines

HOST = re.compile(r"^([^()\s]+)(?:\(([^()]*)\))?$")
CONTROLLER = re.compile(r"^SlurmctldHost\[(\d+)\]$")


@dataclass(frozen=True, slots=True)
class FoundPartition:
    """One partition."""

    name: str
    nodes: str
    is_default: bool
    max_time: str
    """As Slurm writes it: ``1-00:00:00`` or ``UNLIMITED``."""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Every parameter, as Slurm writes it."""


def parse_config(text: str) -> dict[str, str]:
    """Settings from ``scontrol show config``; ``(null)`` and ``N/A`` count as not set."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    found = {key.strip(): value.strip() for key, _, value in pairs}
    return {key: value for key, value in found.items() if value not in {"(null)", "N/A", ""}}


def controllers(config: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Host and address or second name (or nothing) of each controller, in Slurm's order.

    A text that is no host keeps its place, so that no backup becomes the controller.
    """
    numbered = {int(match[1]): value for key, value in config.items() if (match := CONTROLLER.fullmatch(key))}
    if not numbered:  # Slurm before 18.08
        old = (("ControlMachine", "ControlAddr"), ("BackupController", "BackupAddr"))
        return tuple((config[host], config.get(address, "")) for host, address in old if host in config)
    return tuple(_controller(value) for _, value in sorted(numbered.items()))


def _controller(text: str) -> tuple[str, str]:
    match = HOST.match(text)
    return (match[1], match[2] or "") if match else (text, "")


def parse_partitions(text: str) -> tuple[FoundPartition, ...]:
    """Partitions from ``scontrol --oneliner show partitions``, in Slurm's order."""
    return tuple(
        FoundPartition(
            name=line.values["PartitionName"],
            nodes=line.get("Nodes").removesuffix("(null)"),
            is_default=line.get("Default") == "YES",
            max_time=line.get("MaxTime"),
            values={**line.values, **line.free},
        )
        for line in read_lines(text, "PartitionName")[0]
    )


def seconds(text: str) -> int | None:
    """A time of Slurm in seconds, in any of the forms that it reads; None where the text is none.

    >>> seconds("1-02:00:30"), seconds("60:00"), seconds("90"), seconds("2-0"), seconds("UNLIMITED")
    (93630, 3600, 5400, 172800, None)
    """
    match = re.fullmatch(r"(?:(\d{1,9})-)?(\d{1,9})(?::(\d\d?))?(?::(\d\d?))?", text, re.ASCII)
    if not match:
        return None
    days, first, second, third = (None if part is None else int(part) for part in match.groups())
    if days is not None:
        return ((days * 24 + (first or 0)) * 60 + (second or 0)) * 60 + (third or 0)
    if third is None:  # minutes, or minutes and seconds
        return (first or 0) * 60 + (second or 0)
    return ((first or 0) * 60 + (second or 0)) * 60 + third


def minutes(text: str) -> int | None:
    """A limit of Slurm in whole minutes; None if there is none or it has seconds.

    >>> minutes("1-02:00:00"), minutes("00:30:00"), minutes("UNLIMITED")
    (1560, 30, None)
    """
    limit = seconds(text)
    return limit // 60 if limit and not limit % 60 else None
