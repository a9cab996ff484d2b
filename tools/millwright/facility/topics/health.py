"""What the nodes' health check expects beside the hardware of their class."""

from typing import Annotated

from pydantic import Field, PositiveInt, StringConstraints

from millwright.core.frozen import Frozen
from millwright.facility.fields import HostPath
from millwright.facility.topics.fabric import DeviceName

Percent = Annotated[int, Field(ge=0, le=100)]
MountPoint = Annotated[
    str, StringConstraints(pattern=r"^(/|(/[A-Za-z0-9_][A-Za-z0-9._-]*)+)$", max_length=255)
]
UnitName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9@._-]{0,100}$")]


class Mount(Frozen):
    """A file system that every node sees although `storage` does not name it."""

    path: HostPath
    writable: bool = True
    """Mounted read-only although it should not be: a fault."""


class Health(Frozen):
    """Node health, as Slurm's health check program sees it."""

    interval_s: PositiveInt = 300
    """Time between two runs on a node, in seconds."""
    mounts: tuple[Mount, ...] = ()
    """File systems beside those of `storage`, which are expected anyway."""
    min_link_gbit_s: dict[DeviceName, PositiveInt] = {}
    """Rate in Gbit/s below which a link of a node class's `fabric` is a fault, by device or interface."""
    services: tuple[UnitName, ...] = ("munge",)
    """systemd units that must be active."""
    min_free_percent: dict[MountPoint, Percent] = {"/": 5, "/tmp": 5}  # noqa: S108 - watched, not written
    """Free space, in percent, below which a file system counts as full; a path
    that is not there is left out."""
    max_clock_skew_s: Annotated[float, Field(gt=0)] = 5.0
    """Difference to the time source, in seconds, that is a fault; MUNGE refuses credentials beyond 300."""
    resume_after_good_runs: PositiveInt | None = None
    """Good runs after which a node that this check drained is resumed; left out: never, since a
    repaired node is commissioned again."""
