"""Where MIG instances are on a device, and by which numbers the driver knows them.

Memory has eight slices, compute seven. An instance is at a multiple of its own number of memory slices.
NVIDIA numbers GPU instances as the nodes of the tree that this spans (the whole device 0, halves 1 and 2,
quarters 3 to 6, eighths 7 to 13: the user guide's listings of ``nvidia-smi mig -lgi``), and gives each one
nine numbers of ``/dev/nvidia-caps/`` (``/proc/driver/nvidia-caps/mig-minors``: ``gpu0/gi0/access`` is 3, its
first compute instance 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass

MEMORY_SLICES = 8
COMPUTE_SLICES = 7
FIRST_MINOR = 3
MINORS_PER_INSTANCE = 9
INSTANCES_PER_DEVICE = 15


@dataclass(frozen=True, slots=True)
class Instance:
    """One GPU instance of a device."""

    profile: str
    start: int
    """First memory slice."""
    slices: int
    """Memory slices: 1, 2, 4 or 8."""

    @property
    def number(self) -> int:
        """Number of the GPU instance, as the driver gives it."""
        return MEMORY_SLICES // self.slices - 1 + self.start // self.slices

    def minors(self, device: int) -> tuple[int, int]:
        """Numbers of its two device files: the GPU instance and its one compute instance."""
        first = FIRST_MINOR + (device * INSTANCES_PER_DEVICE + self.number) * MINORS_PER_INSTANCE
        return first, first + 1


def memory_slices(profile: str, device_gb: float) -> int:
    """Memory slices of a profile on a device with that memory.

    >>> memory_slices("3g.40gb", 80), memory_slices("1g.18gb", 141)
    (4, 1)
    """
    share = int(profile.partition(".")[2].removesuffix("gb")) / device_gb * MEMORY_SLICES
    return min((1, 2, 4, 8), key=lambda slices: abs(slices - share))


def place(mig: Mapping[str, int], device_gb: float) -> tuple[Instance, ...]:
    """Lay the instances on one device, the largest first; :exc:`ValueError` where they do not fit."""
    wanted = [
        (memory_slices(profile, device_gb), profile) for profile, count in mig.items() for _ in range(count)
    ]
    placed: list[Instance] = []
    free_from = 0
    compute = 0
    for slices, profile in sorted(wanted, key=lambda item: -item[0]):
        needed = int(profile[0])
        compute += needed
        if (
            free_from + slices > MEMORY_SLICES
            or free_from + needed > COMPUTE_SLICES
            or compute > COMPUTE_SLICES
        ):
            raise ValueError(f"{profile} finds no room")
        placed.append(Instance(profile, free_from, slices))
        free_from += slices
    return tuple(placed)
