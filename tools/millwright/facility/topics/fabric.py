"""The network that jobs of a node class use between nodes."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, PositiveInt, StringConstraints

from millwright.core.frozen import Frozen

InterfaceName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9_.-]{0,14}$")]
DeviceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(:[0-9]{1,3})?$")]


class FabricKind(StrEnum):
    """What MPI and UCX have to speak."""

    ETHERNET = "ethernet"
    INFINIBAND = "infiniband"
    SLINGSHOT = "slingshot"
    ROCE = "roce"


class Fabric(Frozen):
    """The network that jobs use between nodes."""

    kind: FabricKind = FabricKind.ETHERNET
    interfaces: tuple[InterfaceName, ...] = ()
    """IP interfaces that jobs use, one a rail; empty leaves the choice to the libraries."""
    devices: tuple[DeviceName, ...] = ()
    """RDMA devices that jobs use (`mlx5_0:1`), one a rail; empty leaves the choice to UCX."""
    rail_gb_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Rate of one rail in one direction, in GB/s: a measured value above it does not count."""
    traffic_class: PositiveInt | None = None
    """Traffic class of RoCE's packets, for which the switches keep a lossless queue."""

    @property
    def rails(self) -> int | None:
        """Rails that jobs use; None if the libraries choose them."""
        return max(len(self.interfaces), len(self.devices)) or None

    @property
    def has_rdma(self) -> bool:
        """Whether nodes carry data past the kernel."""
        return self.kind is not FabricKind.ETHERNET
