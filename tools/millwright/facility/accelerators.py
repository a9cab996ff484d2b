"""The accelerators of a node, and how each is divided."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from millwright.facility.frozen import Frozen

MigProfile = Annotated[str, Field(pattern=r"^[1-7]g\.[1-9][0-9]{0,2}gb$")]
"""A GPU instance as NVIDIA names it: `1g.10gb`, `3g.40gb`."""


class Partitioning(Frozen):
    """How every accelerator of a node is divided; changed only on a node without jobs."""

    mig: dict[MigProfile, PositiveInt] = {}
    """NVIDIA: instances of each profile on one device."""
    compute: Literal["SPX", "DPX", "TPX", "QPX", "CPX"] | None = None
    """AMD: compute partition mode."""
    memory: Literal["NPS1", "NPS2", "NPS4", "NPS8"] | None = None
    """AMD: memory partition mode."""


class Accelerators(Frozen):
    """The accelerators of one node."""

    part: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    """Key in `inventories/catalogue/accelerators.yaml`."""
    count: PositiveInt
    """Devices of the node, before they are divided."""
    partitioning: Partitioning | None = None
    """How each device is divided; whole where it is missing."""
