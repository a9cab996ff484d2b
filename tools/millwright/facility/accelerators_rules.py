"""What can't be true of accelerators."""

from collections.abc import Iterator

from millwright.facility.accelerators import Partitioning
from millwright.facility.catalogue import Part, load_catalogue
from millwright.facility.finding import Finding
from millwright.facility.mig import place
from millwright.facility.model import Facility


def accelerators(facility: Facility) -> Iterator[Finding]:
    """Contradictions between a part and how it is divided."""
    for name, node_class in facility.node_classes.items():
        found = node_class.accelerators
        if found is None or found.partitioning is None:
            continue
        part = load_catalogue().accelerators.get(found.part)
        if part is not None:
            yield from _of_part(f"node_classes.{name}.accelerators.partitioning", part, found.partitioning)


def _of_part(key: str, part: Part, partitioning: Partitioning) -> Iterator[Finding]:
    if partitioning.mig and part.vendor != "NVIDIA":
        yield f"{key}.mig", f"{part.name} is of {part.vendor}", "compute and memory, as AMD divides"
    if (partitioning.compute or partitioning.memory) and part.vendor != "AMD":
        yield key, f"{part.name} is of {part.vendor}", "mig, as NVIDIA divides"
    if partitioning.mig and part.vendor == "NVIDIA":
        if part.memory.gb is None:
            yield (
                f"{key}.mig",
                f"the memory of {part.name} is unknown",
                "a part with memory.gb in the catalogue",
            )
            return
        try:
            place(partitioning.mig, float(part.memory.gb.value))
        except ValueError as error:
            yield f"{key}.mig", f"{error} on {part.name}", "instances that fit 8 memory and 7 compute slices"
