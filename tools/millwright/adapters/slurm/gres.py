"""Accelerators as Slurm counts them: whole devices, or the parts into which each is divided."""

from collections import Counter

from millwright.catalogue.catalogue import Part
from millwright.facility.topics.accelerators import Accelerators
from millwright.facility.topics.mig import place

COMPUTE_PARTS = {"SPX": 1, "DPX": 2, "TPX": 3, "QPX": 4, "CPX": 8}
CPX_PARTS = {"mi300a": 6}
"""Compute dies where they are not eight: AMD's MI300A data sheet."""

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
    if partitioning and partitioning.compute:
        mode = partitioning.compute
        parts = CPX_PARTS.get(accelerators.part, 8) if mode == "CPX" else COMPUTE_PARTS[mode]
        name = accelerators.part if mode == "SPX" else f"{accelerators.part}_{mode.lower()}"
        return [{"type": name, "count": accelerators.count * parts, "files": []}]
    return [{"type": accelerators.part, "count": accelerators.count, "files": []}]


def instances_of(accelerators: Accelerators, part: Part | None) -> list[Gres]:
    """MIG instances of one device, with their first memory slice."""
    partitioning = accelerators.partitioning
    if not (partitioning and partitioning.mig and part and part.memory.gb):
        return []
    placed = place(partitioning.mig, float(part.memory.gb.value))
    return [{"profile": instance.profile, "start": instance.start} for instance in placed]


def device_count(gres: list[Gres]) -> int:
    """Devices of one node as jobs ask for them, parts of a device included."""
    return sum(int(str(line["count"])) for line in gres)


def counted(gres: list[Gres]) -> str:
    """The same as slurm.conf wants it: ``gpu:1g.10gb:56``, each type once."""
    counts: Counter[str] = Counter()
    for line in gres:
        counts[str(line["type"])] += int(str(line["count"]))
    return ",".join(f"gpu:{kind}:{count}" for kind, count in counts.items())
