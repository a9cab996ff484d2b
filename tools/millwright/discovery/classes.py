"""Node classes: nodes that are equal in everything that Slurm counts."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from millwright.discovery.nodes import Node

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
WORDS = frozenset({*ARCHITECTURES, "gpu", "emulated"})
"""Features that Millwright gives for other reasons."""
NAME = re.compile(r"^[a-z][a-z0-9-]{0,31}$")
PART = re.compile(r"^[a-z0-9_]+$")


@dataclass(frozen=True, slots=True)
class FoundClass:
    """One node class with its nodes, in Slurm's order."""

    name: str
    architecture: str
    emulated: bool
    nodes: tuple[Node, ...]
    other_features: tuple[str, ...]
    """Features that a facility can't express."""


def find_classes(nodes: Sequence[Node]) -> tuple[FoundClass, ...]:
    """Group nodes, the class of the first node first.

    A class is called by a feature that all its nodes and no others have: jobs that ask for it go on.
    """
    groups: dict[object, list[Node]] = {}
    for node in nodes:
        groups.setdefault(_key(node), []).append(node)
    spread = Counter(word for members in groups.values() for word in set(members[0].features))
    found = []
    for index, members in enumerate(groups.values(), start=1):
        first = members[0]
        architecture, emulated = _architecture(first)
        own = [
            word for word in first.features if spread[word] == 1 and NAME.match(word) and word not in WORDS
        ]
        name = own[0] if own else f"class-{index}"
        known = {name, architecture, "gpu", *(["emulated"] if emulated else [])}
        rest = tuple(word for word in first.features if word not in known)
        found.append(FoundClass(name, architecture, emulated, tuple(members), rest))
    return tuple(found)


def _key(node: Node) -> tuple[object, ...]:
    hardware = (node.sockets, node.cores_per_socket, node.threads_per_core, node.memory_mib)
    beside = (node.settings, node.other_gres)
    return (node.architecture, *hardware, node.accelerator, node.accelerators, node.features, *beside)


def _architecture(node: Node) -> tuple[str, bool]:
    """What user programs are built for: Slurm knows the kernel's, features may say that it is emulated."""
    architectures = [word for word in node.features if word in ARCHITECTURES]
    if "emulated" in node.features and len(architectures) == 1 and architectures[0] != node.architecture:
        return architectures[0], True
    return node.architecture, False
