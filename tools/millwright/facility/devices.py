"""What a device is, and into how many parts Slurm counts it.

The one place that knows: the node definitions of Slurm, its billing weights and the reader of sacct all count
by it, so that an hour costs the same on both sides. Slurm's name of the resource is ``gres/gpu``, with its
type ``gres/gpu:1g.10gb``; shards and MPS are resources of their own beside it.
"""

from collections.abc import Mapping

from millwright.facility.topics.accelerators import Accelerators

GPU = "gres/gpu"
COMPUTE_PARTS = {"SPX": 1, "DPX": 2, "TPX": 3, "QPX": 4, "CPX": 8}
CPX_PARTS = {"mi300a": 6}
"""Compute dies where they are not eight: AMD's MI300A data sheet."""


def parts_by_type(accelerators: Accelerators) -> dict[str, int]:
    """Parts of one node as jobs ask for them, by type: whole devices, or what each is divided into.

    A device counts as all of its instances together, whatever their size.
    """
    partitioning, count = accelerators.partitioning, accelerators.count
    if partitioning and partitioning.mig:
        return {profile: count * each for profile, each in partitioning.mig.items()}
    if partitioning and partitioning.compute:
        mode = partitioning.compute
        parts = CPX_PARTS.get(accelerators.part, 8) if mode == "CPX" else COMPUTE_PARTS[mode]
        name = accelerators.part if mode == "SPX" else f"{accelerators.part}_{mode.lower()}"
        return {name: count * parts}
    return {accelerators.part: count}


def node_resources(accelerators: Accelerators) -> dict[str, int]:
    """Every resource by which jobs hold a node's devices, and how many of it one node has."""
    found = {GPU: sum(parts_by_type(accelerators).values())}
    sharing = accelerators.sharing
    if sharing and sharing.shards_per_device:
        found["gres/shard"] = accelerators.count * sharing.shards_per_device
    if sharing and sharing.mps_per_device:
        found["gres/mps"] = accelerators.count * sharing.mps_per_device
    return found


def held(resources: Mapping[str, float], name: str) -> float:
    """How much of a resource an allocation holds, typed or not.

    Slurm lists the untyped total, the types that it is configured to track, or both.

    >>> held({"gres/gpu:h100_sxm": 4.0}, "gres/gpu"), held({"gres/gpu": 4.0, "gres/gpu:h100_sxm": 4.0}, GPU)
    (4.0, 4.0)
    """
    typed = sum(count for key, count in resources.items() if key.startswith(f"{name}:"))
    return max(resources.get(name, 0.0), typed)


def node_share(resources: Mapping[str, float], accelerators: Accelerators) -> float:
    """Whole nodes that an allocation's devices are worth: the largest share, as ``MAX_TRES`` charges."""
    return max(held(resources, name) / total for name, total in node_resources(accelerators).items())


def gres_text(accelerators: Accelerators) -> str:
    """One node's devices as slurm.conf wants them: ``gpu:1g.10gb:56``, each type once."""
    parts = [f"gpu:{kind}:{count}" for kind, count in parts_by_type(accelerators).items()]
    shared = {name: total for name, total in node_resources(accelerators).items() if name != GPU}
    return ",".join([*parts, *(f"{name.removeprefix('gres/')}:{total}" for name, total in shared.items())])
