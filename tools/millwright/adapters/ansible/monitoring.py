"""Which hosts tell how they are, where the facility has somebody who listens."""

from collections.abc import Mapping

from millwright.catalogue.catalogue import load_catalogue
from millwright.facility.model import Facility

Groups = Mapping[str, tuple[str, ...]]


def monitoring_groups(facility: Facility, known: Groups) -> dict[str, tuple[str, ...]]:
    """Groups of exporters; all of them empty if ``services.monitoring`` names no host."""
    listened = bool(known["monitoring"])
    return {
        "exporters": known["managed"] if listened else (),
        "slurm_exporters": known["controller"] if listened else (),
        "dcgm_exporters": _nodes_with_nvidia(facility, known) if listened else (),
    }


def _nodes_with_nvidia(facility: Facility, known: Groups) -> tuple[str, ...]:
    catalogue, scheduled = load_catalogue().accelerators, set(known["scheduled"])
    return tuple(
        node
        for name, partition in facility.partitions.items()
        if (hardware := facility.class_of(name)) and hardware.accelerators
        if (part := catalogue.get(hardware.accelerators.part)) and part.vendor == "NVIDIA"
        for node in partition.node_names()
        if node in scheduled
    )
