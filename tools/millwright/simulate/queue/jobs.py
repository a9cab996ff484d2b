"""Jobs as columns, one element each, in the order of their file."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Jobs:
    """Whole seconds and nodes of every job."""

    submit: Ints
    nodes: Ints
    run: Ints
    """Seconds that it computes; it ends earlier if it asked for less."""
    req: Ints
    """Seconds that it asks for."""
    mode: Ints
    """Index of its access mode."""

    def __len__(self) -> int:
        return len(self.submit)

    def held(self) -> Ints:
        """Seconds for which each holds its nodes."""
        found: Ints = np.minimum(self.run, self.req)
        return found

    def taken(self, chosen: NDArray[np.bool_] | Ints) -> Self:
        """Some of the jobs."""
        return type(self)(
            self.submit[chosen], self.nodes[chosen], self.run[chosen], self.req[chosen], self.mode[chosen]
        )

    def scaled(self, load: float) -> Self:
        """The same jobs, arriving so many times faster."""
        submit = np.rint(self.submit / load).astype(np.int64)
        return type(self)(submit, self.nodes, self.run, self.req, self.mode)

    def load(self, nodes: int) -> float:
        """Node-seconds asked of a machine as a share of what it has from the first to the last arrival."""
        span = float(self.submit.max() - self.submit.min())
        return float((self.held() * self.nodes).sum()) / (span * nodes) if span else float("inf")
