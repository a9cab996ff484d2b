"""What a metric is judged against."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from millwright.checks.declaration import Better, Metric, Statistic
from millwright.core.claims import SourceKind
from millwright.facility.model import Commitment, CommitmentClass
from millwright.facility.topics.judging import AllNodes, FewRuns, FleetRule

ALL_NODES = AllNodes(rule="all")


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that a measurement has to meet."""

    value: float
    unit: str
    tolerance: float
    """Share of the value by which a measurement may miss it, 0 to 1."""
    better: Better
    source: str
    kind: SourceKind
    date: datetime.date
    commitment_class: CommitmentClass
    statistic: Statistic = Statistic.MEDIAN
    """What of the repetitions has to meet the limit."""
    quantile: float | None = None
    """For `Statistic.QUANTILE`, 0 to 1."""
    minimum_n: int | None = None
    maximum_n: int | None = None
    few_runs: FewRuns = FewRuns.INCONCLUSIVE
    fleet: FleetRule = ALL_NODES
    clause: str = ""
    lot: str = ""

    @property
    def fewest(self) -> int:
        """Repetitions below which nothing passes."""
        return self.minimum_n or 1

    @property
    def limit(self) -> float:
        """The value less its tolerance, or plus it where lower is better; computed in decimals.

        1.1 less 10 % is 0.99, not 0.9900000000000001: a measurement of 0.99 meets it.
        """
        return _limit(self.value, self.tolerance, self.better)

    def is_met_by(self, value: float) -> bool:
        """Whether one value meets the limit; a value equal to it does."""
        return value >= self.limit if self.better is Better.HIGHER else value <= self.limit


@cache
def _limit(value: float, tolerance: float, better: Better) -> float:
    share = Decimal(repr(tolerance))
    return float(Decimal(repr(value)) * (1 - share if better is Better.HIGHER else 1 + share))


def to_reference(commitment: Commitment, metric: Metric) -> Reference:
    """Turn a commitment of a facility into a reference.

    Raises :exc:`ValueError` for a value from memory and for a unit that is not the metric's: both are
    refused when a facility is checked, and must never be judged against.
    """
    if commitment.kind is SourceKind.MEMORY:
        raise ValueError("a value from memory is never a reference")
    if commitment.unit != metric.unit:
        raise ValueError(f"the unit is {commitment.unit!r}, expected {metric.unit!r}")
    return Reference(
        value=commitment.value,
        unit=commitment.unit,
        tolerance=commitment.tolerance,
        better=metric.better,
        source=commitment.source,
        kind=commitment.kind,
        date=commitment.date,
        commitment_class=commitment.commitment_class,
        statistic=commitment.statistic or metric.judged_by,
        quantile=commitment.quantile if commitment.statistic else metric.quantile,
        minimum_n=commitment.minimum_n,
        maximum_n=commitment.maximum_n,
        few_runs=commitment.few_runs,
        fleet=commitment.fleet,
        clause=commitment.clause or "",
        lot=commitment.lot or "",
    )
