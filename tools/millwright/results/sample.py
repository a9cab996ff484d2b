"""One measured value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Sample:
    """One measured value of one metric, repetition and place."""

    facility: str
    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    metric: str
    node: str
    """Node, or a folded node set for a series that spans nodes."""
    device: str
    """Device within the node, empty where the node is the device."""
    rep: int
    value: float
    unit: str
    emulated: bool
