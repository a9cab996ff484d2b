"""Figures that were computed beside the run: from described inputs, and by simulation."""

from dataclasses import dataclass

TOPICS = {
    "site-energy": "energy",
    "power-level": "energy",
    "green500": "energy",
    "tco": "cost",
    "reliability": "reliability",
    "waterfall": "capacity",
    "union-share": "capacity",
    "simulate-goodput": "simulation",
    "simulate-queue": "simulation",
}
"""Topic of each kind of figures; those of other kinds come last, as ``other``."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure."""

    name: str
    value: float | str | bool | None
    """None for a figure that does not exist, for example an estimate without an observation."""
    unit: str
    source: str
    """Of the formula, or the method of a simulation."""


@dataclass(frozen=True, slots=True)
class FigureSet:
    """All figures of one file. They are not measured by the run and have no verdict."""

    file: str
    sha256: str
    kind: str
    title: str
    source: str
    """Of the inputs."""
    source_kind: str
    """How the inputs are known; of a simulation, the least known of them."""
    date: str
    """Empty if the file states none."""
    figures: tuple[FigureLine, ...]

    @property
    def topic(self) -> str:
        """Topic that the figures belong to."""
        return TOPICS.get(self.kind, "other")
