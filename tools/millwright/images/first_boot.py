"""What no image can hold, and ``apply`` gives each node after its first boot."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOver:
    """One thing left for the first boot."""

    role: str
    group: str
    """Hosts that have it."""
    what: str


WITHOUT = ("directory", "munge", "ssh_entry", "ssh_hosts", "verify")
"""Tags of roles that are left out altogether: they bring identity and secrets, or prove services that run."""

LEFT = (
    LeftOver("munge", "managed", "the factory's MUNGE key, which is a secret"),
    LeftOver(
        "ssh_hosts",
        "managed",
        "the certificate of the node's own SSH host key, and the others' certification authority",
    ),
    LeftOver("ssh_entry", "managed", "who enters the node beside its administrators, which a guard confirms"),
    LeftOver("directory", "directory", "people of the directory, which hosts ask with a password"),
    LeftOver("base", "managed", "a look whether the kernel follows its settings; systemd loads them at boot"),
    LeftOver("nvidia", "accelerated_nvidia", "how each accelerator is divided (MIG)"),
    LeftOver("amd", "accelerated_amd", "the partition modes of each accelerator"),
    LeftOver("eessi", "eessi", "a reload of CernVM-FS; it reads its settings when it starts"),
    LeftOver("verify", "managed", "the proof of the state, from services that run"),
)


def left_for(groups: Collection[str]) -> tuple[LeftOver, ...]:
    """What is left for nodes that are in these groups."""
    return tuple(each for each in LEFT if each.group in groups)
