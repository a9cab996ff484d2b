"""Reservations as Slurm tells of them, one a line: pure data."""

import re
from dataclasses import dataclass

from millwright.core.node_sets import expand

RESERVATIONS = ("scontrol", "--oneliner", "show", "reservation")
FIELD = re.compile(r"(?<!\S)(?P<name>[A-Za-z]+)=(?P<value>\S+)")
SHARED = frozenset({"MAINT", "OVERLAP"})
"""Flags of reservations beside which Slurm makes another one of the same nodes."""


@dataclass(frozen=True, slots=True)
class SlurmReservation:
    """Nodes that are kept for somebody."""

    name: str
    nodes: tuple[str, ...]
    start: str = ""
    end: str = ""
    """Both as Slurm writes them, in the controller's own time."""
    who: str = ""
    """Users or accounts it is kept for."""
    flags: frozenset[str] = frozenset()
    is_active: bool = True
    """Whether it has begun."""

    @property
    def bars_another(self) -> bool:
        """Whether no job can run now in another reservation of its nodes that has no end.

        Slurm makes none beside a plain one, even where that begins much later, and starts no job in one
        beside an active one of ``SHARED``.
        """
        return self.is_active or not self.flags & SHARED


def parse_reservations(text: str) -> tuple[SlurmReservation, ...]:
    """Read ``scontrol --oneliner show reservation``; lines of anything else are left out."""
    records = (dict(FIELD.findall(line)) for line in text.splitlines())
    return tuple(_reservation(record) for record in records if "ReservationName" in record)


def _reservation(record: dict[str, str]) -> SlurmReservation:
    known = {name: value for name, value in record.items() if value != "(null)"}
    return SlurmReservation(
        known["ReservationName"],
        expand(known["Nodes"]) if "Nodes" in known else (),
        start=known.get("StartTime", ""),
        end=known.get("EndTime", ""),
        who=known.get("Users") or known.get("Accounts") or "",
        flags=frozenset(known.get("Flags", "").split(",")),
        is_active=known.get("State", "ACTIVE") == "ACTIVE",
    )
