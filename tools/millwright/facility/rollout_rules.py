"""What can't be meant by a facility's way of rolling changes out."""

from collections.abc import Iterator

from millwright.facility.finding import Finding
from millwright.facility.model import Facility


def waves_can_be_made(facility: Facility) -> Iterator[Finding]:
    """Groups that the facility does not have, and canaries that leave no wave behind them."""
    rollout = facility.rollout
    groups = {"rack": facility.racks, "switch": facility.switches, "size": {"any": ""}}
    if rollout.group_by and not groups[rollout.group_by]:
        kind = {"rack": "racks", "switch": "switches"}[rollout.group_by]
        yield "rollout.group_by", f"there are no {kind}", f"{kind}, or size"
    sizes = [len(p.node_names()) for p in facility.partitions.values() if p.scheduler == "slurm"]
    if rollout.canary and sizes and rollout.canary > 1 and rollout.canary >= max(sizes):
        problem = f"the largest partition has {max(sizes)} nodes, so all would go first, and nothing be tried"
        yield "rollout.canary", problem, "fewer nodes than a partition has"
