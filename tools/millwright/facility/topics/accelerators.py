"""The accelerators of a node, and how each is divided."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt

from millwright.catalogue.catalogue import Part, load_catalogue
from millwright.core.frozen import Finding, Frozen
from millwright.facility.topics.mig import place

if TYPE_CHECKING:
    from millwright.facility.model import Facility


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


class Sharing(Frozen):
    """How several jobs share one device at the same time; left out: each device belongs to one job."""

    shards_per_device: Annotated[int, Field(ge=1, le=1024)] | None = None
    """Slurm's `shard`: jobs share the device without any isolation."""
    mps_per_device: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Slurm's `mps`: NVIDIA's Multi-Process Service, usually in 100 parts."""


class Accelerators(Frozen):
    """The accelerators of one node."""

    part: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    """Key in `inventories/catalogue/accelerators.yaml`."""
    count: PositiveInt
    """Devices of the node, before they are divided."""
    partitioning: Partitioning | None = None
    """How each device is divided; whole where it is missing."""
    sharing: Sharing | None = None
    """How jobs share each device; not at all where it is missing."""


def find_accelerator_problems(facility: "Facility") -> Iterator[Finding]:
    """Contradictions between a part and how it is divided."""
    for name, node_class in facility.node_classes.items():
        found = node_class.accelerators
        if found is None:
            continue
        if found.sharing and found.partitioning:
            yield Finding(
                "MW1520",
                f"node_classes.{name}.accelerators.sharing",
                "the devices are divided too",
                "sharing or partitioning: Slurm shares whole devices only",
            )
        part = load_catalogue().accelerators.get(found.part)
        if part is not None and found.partitioning is not None:
            yield from _of_part(f"node_classes.{name}.accelerators.partitioning", part, found.partitioning)


def _of_part(key: str, part: Part, partitioning: Partitioning) -> Iterator[Finding]:
    if partitioning.mig and part.vendor != "NVIDIA":
        yield Finding(
            "MW1221", f"{key}.mig", f"{part.name} is of {part.vendor}", "compute and memory, as AMD divides"
        )
    if (partitioning.compute or partitioning.memory) and part.vendor != "AMD":
        yield Finding("MW1222", key, f"{part.name} is of {part.vendor}", "mig, as NVIDIA divides")
    if partitioning.mig and part.vendor == "NVIDIA":
        if part.memory.gb is None:
            yield Finding(
                "MW1223",
                f"{key}.mig",
                f"the memory of {part.name} is unknown",
                "a part with memory.gb in the catalogue",
            )
            return
        try:
            place(partitioning.mig, float(part.memory.gb.value))
        except ValueError as error:
            yield Finding(
                "MW1224",
                f"{key}.mig",
                f"{error} on {part.name}",
                "instances that fit 8 memory and 7 compute slices",
            )
