"""How changes go through the facility: what `millwright apply` and `maintain` do unless told otherwise."""

from typing import Annotated, Literal

from pydantic import NonNegativeInt, PositiveInt, StringConstraints

from millwright.facility.frozen import Frozen

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
