"""How changes go through the facility: what `millwright apply` and `maintain` do unless told otherwise."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import NonNegativeInt, PositiveInt, StringConstraints

from millwright.core.frozen import Finding, Frozen

if TYPE_CHECKING:
    from millwright.facility.model import Facility


AllowanceText = Annotated[
    str, StringConstraints(pattern=r"^([0-9]{1,9}|(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)%)$")
]
"""A number of hosts or a share of those at hand: `"3"` or `5%`."""


class Rollout(Frozen):
    """What stands here is the default of the option of the same meaning; what does not has the command's."""

    canary: NonNegativeInt | None = None
    """Nodes of each partition that are changed before all others (`--canary`)."""
    wave_size: PositiveInt | None = None
    """Most nodes that `apply` changes at once (`--wave-size`)."""
    maintenance_wave_size: PositiveInt | None = None
    """Most nodes that `maintain` takes out of service at once (`--wave-size`)."""
    group_by: Literal["rack", "switch", "size"] | None = None
    """What stays together in a wave (`--by`)."""
    max_failed_wave: AllowanceText | None = None
    """Hosts of a wave that may fail before no other begins (`--max-failed-wave`)."""
    max_failed: AllowanceText | None = None
    """Hosts that may fail in total before no other wave begins (`--max-failed`)."""
    count_unreachable: bool | None = None
    """Whether a host that can't be reached counts as failed (`--count-unreachable`)."""


def find_rollout_problems(facility: "Facility") -> Iterator[Finding]:
    """Groups that the facility does not have, and canaries that leave no wave behind them."""
    rollout = facility.rollout
    groups = {"rack": facility.racks, "switch": facility.switches, "size": {"any": ""}}
    if rollout.group_by and not groups[rollout.group_by]:
        kind = {"rack": "racks", "switch": "switches"}[rollout.group_by]
        yield Finding("MW1231", "rollout.group_by", f"there are no {kind}", f"{kind}, or size")
    sizes = [len(p.node_names()) for p in facility.partitions.values() if p.scheduler == "slurm"]
    if rollout.canary and sizes and rollout.canary > 1 and rollout.canary >= max(sizes):
        problem = f"the largest partition has {max(sizes)} nodes, so every node would be a canary"
        yield Finding("MW1232", "rollout.canary", problem, "fewer nodes than a partition has")
