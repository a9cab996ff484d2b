"""How a commitment is judged: its statistic, its repetitions, and the rule for a fleet of nodes.

All of it is fixed before the run: whoever repeats a test until it passes changes what the test says.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from millwright.core.frozen import Frozen

OpenShare = Annotated[float, Field(gt=0, lt=1)]


class FewRuns(StrEnum):
    """What decides if there are too few repetitions for an interval of the median."""

    INCONCLUSIVE = "inconclusive"
    """Nothing: more repetitions are needed."""
    EVERY = "every"
    """Every repetition has to meet the limit, one that misses it is a FAIL."""
    MEDIAN_OR_SLOWER = "median-or-slower"
    """The median; of an even number, the worse of the middle two (SPEC's median of three, slower of two)."""


class AllNodes(Frozen):
    """Every node has to meet the limit."""

    rule: Literal["all"]


class ShareOfNodes(Frozen):
    """A share of the nodes has to meet the limit."""

    rule: Literal["share"]
    share: Annotated[float, Field(gt=0, le=1)]
    """The share of nodes that has to meet it."""
    confidence: OpenShare = 0.95
    """Confidence in that share, if only a sample is examined; of all nodes the share is known."""
    examined: Literal["every-node", "random-sample"] = "every-node"
    """`random-sample`: the nodes that were not measured are judged by those that were, drawn at random."""


class Swaps(Frozen):
    """Nodes that miss the limit are named and replaced, up to a number."""

    rule: Literal["swaps"]
    swaps: Annotated[int, Field(ge=0)]
    """Most nodes that may be replaced before the delivery as a whole is at fault."""


FleetRule = Annotated[AllNodes | ShareOfNodes | Swaps, Field(discriminator="rule")]
