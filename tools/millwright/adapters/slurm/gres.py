"""Accelerators as gres.conf lists them: whole devices, or the parts into which each is divided."""

from millwright.catalogue.catalogue import Part
from millwright.facility.devices import GPU, node_resources, parts_by_type
from millwright.facility.topics.accelerators import Accelerators
from millwright.facility.topics.mig import place

Gres = dict[str, object]


def gres_of(accelerators: Accelerators, part: Part | None) -> list[Gres]:
    """Lines of gres.conf for one node: ``type``, ``count``, and ``files`` where each line has its own."""
    partitioning = accelerators.partitioning
    if partitioning and partitioning.mig and part and part.memory.gb:
        instances = place(partitioning.mig, float(part.memory.gb.value))
        return [
            {
                "type": instance.profile,
                "count": 1,
                "files": [
                    f"/dev/nvidia{device}",
                    *(f"/dev/nvidia-caps/nvidia-cap{minor}" for minor in instance.minors(device)),
                ],
            }
            for device in range(accelerators.count)
            for instance in instances
        ]
    return [
        {"type": kind, "count": count, "files": []} for kind, count in parts_by_type(accelerators).items()
    ]


def shared_of(accelerators: Accelerators) -> list[Gres]:
    """Lines of gres.conf for what several jobs share: ``name`` and ``count`` of one node."""
    return [
        {"name": name.removeprefix("gres/"), "count": total}
        for name, total in node_resources(accelerators).items()
        if name != GPU
    ]


def instances_of(accelerators: Accelerators, part: Part | None) -> list[Gres]:
    """MIG instances of one device, with their first memory slice."""
    partitioning = accelerators.partitioning
    if not (partitioning and partitioning.mig and part and part.memory.gb):
        return []
    placed = place(partitioning.mig, float(part.memory.gb.value))
    return [{"profile": instance.profile, "start": instance.start} for instance in placed]
