"""One measured value."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Sample:
    """One measured value of one metric, repetition and place; a row of ``samples.parquet``."""

    facility: str
    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str = field(default="", kw_only=True)
    """Of the check's variant, in canonical form (``precision=fp64,size=L2``)."""
    environment: str = field(default="", kw_only=True)
    """ReFrame's environment that built and ran the check; empty in runs stored before it was kept."""
    metric: str
    node: str
    """Node, or a folded node set for a series that spans nodes."""
    device: str
    """Device within the node; empty if the node is the device."""
    rep: int
    value: float
    unit: str
    emulated: bool
    started: int | None = field(default=None, kw_only=True, compare=False)
    """When the repetition began, in microseconds since 1970 UTC; None if the probe printed no time."""
    marks: str = field(default="", kw_only=True, compare=False)
    """Circumstances that a reader must know, as words (``unsteady``, ``throttled``); mostly empty."""
    job_id: str = field(default="", kw_only=True, compare=False)
    case: str = field(default="", kw_only=True, compare=False)
    """ReFrame's name of the case."""
