"""What an hour on a partition costs, in a unit of its own: hours of two machines are two things."""

import datetime
from typing import Annotated

from pydantic import Field, PositiveFloat, StringConstraints

from millwright.core.claims import SourceKind
from millwright.core.frozen import Frozen
from millwright.facility.fields import Title

Unit = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}-hour$")]
"""What is counted for an hour: `node-hour`, `gpu-hour`, `gcd-hour`, `core-hour`."""


class SpeedFactor(Frozen):
    """How much of the facility's reference unit one unit is worth, measured or declared."""

    value: PositiveFloat
    """Reference units for one unit."""
    source: Title
    """The measurement or the document that the value comes from."""
    kind: SourceKind
    date: datetime.date


class Charging(Frozen):
    """How the time of a partition's nodes is charged.

    A whole node for an hour costs `units_per_node_hour`. Part of a node costs the largest of its
    shares of the node's processors, memory and accelerators.
    """

    unit: Unit = "node-hour"
    units_per_node_hour: Annotated[PositiveFloat, Field(le=10_000)] = 1.0
    """Units for one node and one hour: LUMI-G 4 gpu-hours (modules) or 8 gcd-hours, MareNostrum 5 ACC
    80 core-hours."""
    speed: SpeedFactor | None = None
    """Without it nothing of this partition enters a sum in the reference unit."""
