"""Who took a node out of service: the owner is in Slurm's reason, and only the owner gives it back.

The reason is ``millwright:<purpose>:<run id>``, then perhaps what for in words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from millwright.adapters.slurm.nodes import SlurmNode
from millwright.core.errors import BadInputError, Problem

REASON = re.compile(r"millwright:(?P<purpose>[a-z]+):(?P<run>[A-Za-z0-9._-]+)(?:\s+(?P<what>.*))?", re.DOTALL)
MAX_TEXT = 160


class Purpose(StrEnum):
    """Why Millwright drains a node."""

    DRAIN = "drain"
    """Somebody asked for it by ``millwright nodes drain``."""
    MAINTENANCE = "maintenance"
    COMMISSION = "commission"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a drain."""

    purpose: str
    run_id: str

    def __str__(self) -> str:
        return f"millwright:{self.purpose}:{self.run_id}"


def reason_of(owner: Owner, what: str = "") -> str:
    r"""The reason that Slurm is given; words lose line breaks and what lies beyond ``MAX_TEXT`` characters.

    >>> reason_of(Owner("drain", "r1"), "fan  failed\n")
    'millwright:drain:r1 fan failed'
    """
    words = "".join(character if character.isprintable() else " " for character in what)
    return f"{owner} {' '.join(words.split())[:MAX_TEXT]}".strip()


def owner_in(reason: str) -> Owner | None:
    """The owner that a reason names; None if Millwright did not write it."""
    found = REASON.fullmatch(reason.strip())
    return Owner(found["purpose"], found["run"]) if found else None


def words_in(reason: str) -> str:
    """What a reason says beside its owner."""
    found = REASON.fullmatch(reason.strip())
    return (found["what"] or "") if found else reason


def holder_of(node: SlurmNode) -> str:
    """Who holds the drain of a node, in words that ``--force-owner`` takes; empty if nobody does."""
    if not node.is_drained:
        return ""
    owner = owner_in(node.reason)
    return str(owner) if owner else node.reason_by or "unknown"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Nodes that may be drained or given back, and those that may not with the reason why."""

    chosen: tuple[str, ...]
    left: Mapping[str, str] = field(default_factory=dict)


def sort_for_drain(nodes: Mapping[str, SlurmNode], wanted: Iterable[str], owner: Owner) -> Sorted:
    """Nodes that nobody has drained, or this owner already; all others are left to who drained them."""
    chosen: list[str] = []
    left: dict[str, str] = {}
    for name in wanted:
        holder = holder_of(nodes[name])
        if holder and holder != str(owner):
            left[name] = f"drained by {holder}: {words_in(nodes[name].reason) or 'no reason'}"
        else:
            chosen.append(name)
    return Sorted(tuple(chosen), left)


def sort_for_resume(nodes: Mapping[str, SlurmNode], wanted: Iterable[str], owners: Iterable[str]) -> Sorted:
    """Nodes whose drain one of these owners holds.

    An owner is a purpose (``drain``: every drain of that kind), or the whole name of a holder.
    """
    allowed = frozenset(owners)
    chosen: list[str] = []
    left: dict[str, str] = {}
    for name in wanted:
        node, owner = nodes[name], owner_in(nodes[name].reason)
        if not node.is_drained:
            left[name] = f"not drained ({node.state})"
        elif holder_of(node) in allowed or (owner and owner.purpose in allowed):
            chosen.append(name)
        else:
            left[name] = f"drained by {holder_of(node)}: {words_in(node.reason) or 'no reason'}"
    return Sorted(tuple(chosen), left)


def require_known(nodes: Mapping[str, SlurmNode], wanted: Iterable[str], typed: str) -> None:
    """Raise :exc:`BadInputError` for every node that Slurm does not know; ``typed`` names the facility."""
    unknown = [name for name in wanted if name not in nodes]
    if unknown:
        expected = f"a node of this facility, once millwright apply {typed} has added it to Slurm"
        raise BadInputError(
            Problem("NODES", name, "Slurm does not know it", expected, code="MW2110") for name in unknown
        )
