"""Blocks of nodes that are closer to each other than to the rest, as in racks with a switch of their own.

Slurm's ``topology/block``: a job of up to a block's size stays within one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import PositiveInt

from millwright.core.frozen import Finding
from millwright.core.node_sets import expand
from millwright.facility.fields import HostSetText
from millwright.facility.topics.placement import PlaceName

if TYPE_CHECKING:
    from millwright.facility.model import Facility

Blocks = dict[PlaceName, HostSetText]
"""Nodes of each block."""
BlockSizes = tuple[PositiveInt, ...]
"""Nodes that a job plans with: the base block, then unions of 2, 4, 8 of them and so on."""


def find_block_problems(facility: "Facility") -> Iterator[Finding]:
    """Contradictions of ``blocks`` and ``block_sizes``."""
    if facility.blocks and facility.switches:
        yield Finding("MW1531", "blocks", "there are switches too", "one of them: Slurm takes one topology")
    if facility.block_sizes and not facility.blocks:
        yield Finding("MW1532", "block_sizes", "there are no blocks", "blocks, or no sizes")
    yield from _nodes(facility)
    yield from _sizes(facility)


def _nodes(facility: "Facility") -> Iterator[Finding]:
    scheduled = {n for p in facility.partitions.values() if p.scheduler == "slurm" for n in p.node_names()}
    owner: dict[str, str] = {}
    for name, text in facility.blocks.items():
        for node in expand(text):
            if node not in scheduled:
                problem = f"{node} is in no partition that Slurm schedules"
                yield Finding("MW1533", f"blocks.{name}", problem, "nodes of partitions")
            if node in owner:
                yield Finding(
                    "MW1534", f"blocks.{name}", f"{node} is in block {owner[node]} too", "each node once"
                )
            owner.setdefault(node, name)


def _sizes(facility: "Facility") -> Iterator[Finding]:
    sizes = facility.block_sizes
    if not sizes:
        return
    base = sizes[0]
    powers = {base << shift for shift in range(32)}
    if list(sizes) != sorted(set(sizes)) or not powers.issuperset(sizes):
        problem = f"{', '.join(map(str, sizes))} are no base size and its doubles"
        yield Finding("MW1535", "block_sizes", problem, "for example 18, 36, 72")
    for name, text in facility.blocks.items():
        if len(expand(text)) < base:
            problem = f"{len(expand(text))} nodes, fewer than the base size {base}"
            yield Finding("MW1536", f"blocks.{name}", problem, "a base size that every block has")
