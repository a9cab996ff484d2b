"""How a stated value is known."""

from enum import StrEnum


class SourceKind(StrEnum):
    """How a stated value is known."""

    READ = "read"
    SECONDARY = "secondary"
    DERIVED = "derived"
    MEMORY = "memory"
