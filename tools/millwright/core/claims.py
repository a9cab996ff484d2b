"""How a stated value is known."""

from collections.abc import Iterable
from enum import StrEnum


class SourceKind(StrEnum):
    """How a stated value is known."""

    READ = "read"
    SECONDARY = "secondary"
    DERIVED = "derived"
    MEMORY = "memory"


STRONGEST_FIRST = (SourceKind.READ, SourceKind.SECONDARY, SourceKind.MEMORY)
"""How well a value is known in the end; a derived one as its weakest input is."""


def weakest_of(kinds: Iterable[SourceKind]) -> SourceKind:
    """How what follows from values of these kinds is known; what rests on nothing counts as from memory."""
    found = [kind if kind in STRONGEST_FIRST else SourceKind.MEMORY for kind in kinds]
    return max(found, key=STRONGEST_FIRST.index, default=SourceKind.MEMORY)
