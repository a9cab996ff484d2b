"""Nodes as Slurm tells of them, in JSON or, before Slurm 23.02, in text: pure data."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from millwright.core.errors import FailedError, NotTestableError
from millwright.core.json_text import load_json
from millwright.core.slurm_text import Line, read_lines

NODES = ("scontrol", "show", "nodes", "--json")
NODES_AS_TEXT = ("env", "TZ=UTC", "scontrol", "--all", "--oneliner", "show", "nodes")
NO_JSON = re.compile(r"unrecognized option|invalid option|--help|usage:", re.IGNORECASE)
"""How scontrol before Slurm 23.02 refuses ``--json``."""
SIGNS = {
    "*": "NOT_RESPONDING",
    "~": "POWERED_DOWN",
    "#": "POWERING_UP",
    "%": "POWERING_DOWN",
    "!": "POWER_DOWN",
    "$": "MAINTENANCE",
    "@": "REBOOT_REQUESTED",
    "^": "REBOOT_ISSUED",
    "-": "PLANNED",
}
"""Flags that the text form writes as signs behind a state."""
SAID_BY = re.compile(r"^(?P<reason>.*) \[(?P<who>[^\[\]@]+)@(?P<when>[0-9T:-]+)\]$")
LOST = frozenset({"DOWN", "ERROR", "FAIL", "FUTURE", "INVALID_REG", "NOT_RESPONDING", "UNKNOWN"})
POWERED_DOWN = frozenset({"POWERED_DOWN", "POWERING_DOWN", "POWERING_UP", "POWER_DOWN", "POWER_UP"})
"""Slurm itself sent the node to sleep: it is not lost, and wakes when a job wants it."""
BUSY = frozenset({"ALLOCATED", "MIXED", "COMPLETING"})


@dataclass(frozen=True, slots=True)
class SlurmNode:
    """One node."""

    name: str
    states: frozenset[str]
    """Slurm's words: one base state and flags."""
    reason: str = ""
    """Why somebody took it out of service; empty if nobody did."""
    reason_by: str = ""
    """Unix user who said so."""
    reason_since: datetime | None = None
    partitions: tuple[str, ...] = ()
    reservation: str = ""

    @property
    def is_drained(self) -> bool:
        """Whether no new job may start on it; jobs may still run there."""
        return "DRAIN" in self.states

    @property
    def is_busy(self) -> bool:
        """Whether a job runs on it, or has not been cleared away yet."""
        return bool(self.states & BUSY)

    @property
    def is_lost(self) -> bool:
        """Whether it can't run jobs although nobody took it out of service."""
        asleep = bool(self.states & POWERED_DOWN)
        return bool(self.states & LOST) and not self.is_drained and not asleep

    @property
    def responds(self) -> bool:
        """Whether slurmctld hears of it."""
        return not self.states & LOST

    @property
    def state(self) -> str:
        """Slurm's words as one, for people: ``idle+drain``."""
        return "+".join(sorted(self.states, key=lambda word: (word not in BASE, word))).lower()


BASE = frozenset({"ALLOCATED", "DOWN", "ERROR", "FUTURE", "IDLE", "MIXED", "UNKNOWN"})


def ask_nodes(run: Callable[[Sequence[str]], str]) -> dict[str, SlurmNode]:
    """Every node by name, in the form that this Slurm has; ``run`` is that of a controller.

    Raises :exc:`NotTestableError` if there is no answer, and :exc:`FailedError` if Slurm refuses both forms.
    """
    try:
        return parse_nodes(run(NODES))
    except FailedError as error:
        if not NO_JSON.search(str(error)):
            raise
    return parse_nodes_text(run(NODES_AS_TEXT))


def parse_nodes_text(text: str) -> dict[str, SlurmNode]:
    """Read ``scontrol --oneliner show nodes``; raises :exc:`NotTestableError` if it has no node."""
    found = {node.name: node for node in map(_of_line, read_lines(text, "NodeName")[0])}
    if not found:
        raise NotTestableError(f"scontrol's list of nodes can't be read: {text[:80]!r}", code="MW3303")
    return found


def _of_line(line: Line) -> SlurmNode:
    said = SAID_BY.match(line.free.get("Reason", ""))
    return SlurmNode(
        name=line.values["NodeName"],
        states=frozenset(_states(line.get("State"))),
        reason=said["reason"] if said else line.free.get("Reason", ""),
        reason_by=said["who"] if said else "",
        reason_since=_utc(said["when"]) if said else None,
        partitions=tuple(filter(None, line.get("Partitions").split(","))),
        reservation=line.get("ReservationName"),
    )


def _states(text: str) -> Iterator[str]:
    for word in filter(None, text.upper().split("+")):
        plain = word.rstrip("".join(SIGNS))
        yield plain
        yield from (SIGNS[sign] for sign in word[len(plain) :])


def _utc(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def parse_nodes(text: str) -> dict[str, SlurmNode]:
    """Read ``scontrol show nodes --json``; raises :exc:`NotTestableError` where it is no such answer."""
    try:
        return {node.name: node for node in _nodes(load_json(text))}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotTestableError(f"scontrol's list of nodes can't be read: {error!r}", code="MW3303") from error


def _nodes(found: Mapping[str, object]) -> Iterator[SlurmNode]:
    records = found["nodes"]
    if not isinstance(records, list):
        raise TypeError("nodes is no list")
    for record in records:
        yield SlurmNode(
            name=str(record["name"]),
            states=frozenset(str(word) for word in record["state"]),
            reason=str(record.get("reason") or ""),
            reason_by=str(record.get("reason_set_by_user") or "") if record.get("reason") else "",
            reason_since=_moment(record.get("reason_changed_at")),
            partitions=tuple(str(name) for name in record.get("partitions") or ()),
            reservation=str(record.get("reservation") or ""),
        )


def _moment(found: object) -> datetime | None:
    number = found.get("number") if isinstance(found, dict) else found
    return datetime.fromtimestamp(number, UTC) if isinstance(number, int) and number > 0 else None
