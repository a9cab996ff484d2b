"""How the operator reaches a gateway."""

from enum import StrEnum


class Reach(StrEnum):
    """The way on which a gateway is brought to its described state."""

    SSH = "ssh"
    """The operator's machine enters it."""
    BUNDLE = "bundle"
    """Nobody enters it: its administrator applies signed bundles and sends back signed results."""
