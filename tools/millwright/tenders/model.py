"""A tender and its offers as typed data: ``tender.yaml`` and ``offers/<bidder>.yaml``.

Numbers are the decimals that are written. A commitment states its unit, kind, source and date.
"""

import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from millwright.checks.declaration import Better, Statistic
from millwright.core.frozen import Frozen
from millwright.facility.fields import Name as FacilityName
from millwright.facility.model import CheckName, CommitmentClass, MetricName
from millwright.tenders.award import Formula
from millwright.tenders.text import Text

Above0 = Annotated[Decimal, Field(gt=0, allow_inf_nan=False, max_digits=30)]
Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False, max_digits=30)]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=30)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Number = Annotated[Text, Field(max_length=40)]
"""Of a procedure; short enough to be named in the source of each commitment."""
Unit = Annotated[str, Field(pattern=r"^[A-Za-z0-9%/^*.-][A-Za-z0-9%/^*. -]{0,19}$")]
Count = Annotated[int, Field(ge=1, le=10**9)]


class Rate(Frozen):
    """What a rate has to be: an "AI flop" without precision, sparsity and kind says nothing."""

    precision: Text
    sparsity: Text = "dense"
    kind: Text = "measured"


class Target(Frozen):
    """Where the accepted value becomes a commitment of the facility."""

    partition: FacilityName
    check: CheckName
    metric: MetricName
    commitment_class: Annotated[CommitmentClass, Field(alias="class")] = CommitmentClass.SCORED
    tolerance: Share = Decimal(0)
    statistic: Statistic | None = None
    minimum_n: Count | None = None
    clause: Text | None = None
    lot: FacilityName | None = None


class Asked(Frozen):
    """What every value that is asked for has."""

    unit: Unit
    better: Better
    title: Text | None = None
    source: Text
    """Clause of the procurement documents."""
    date: datetime.date
    rate: Rate | None = None
    commit: Target | None = None


class Benchmark(Asked):
    """A value that is scored."""

    weight: Above0
    reference: Above0
    """Value of the reference machine, in `unit`."""


class Requirement(Asked):
    """A value without which an offer is rejected before scoring; the limit itself meets it."""

    limit: Amount


class Workload(Frozen):
    """A job of the reference mix."""

    jobs: Count
    """How often it is run in one mix."""
    title: Text | None = None
    source: Text
    date: datetime.date


class QualityBy(StrEnum):
    """What quality points are computed from."""

    INDEX = "index"
    """The weighted geometric mean of ratios to the reference."""
    DELIVERED = "delivered"
    """Reference mixes that the machine delivers in a year."""


class Award(Frozen):
    """The award formula, published with the tender."""

    formula: Formula
    quality_weight: Share = Decimal(0)
    price_weight: Share = Decimal(0)
    quality_by: QualityBy = QualityBy.INDEX
    full_marks: Above0 | None = None
    """Quality (index, or mixes a year) that gives 100 points, and no more. Left out, the best offer gets 100,
    which makes every formula depend on the other offers."""
    ceiling_eur: Above0 | None = None
    floor_eur: Amount = Decimal(0)
    euro_per_point: Above0 | None = None
    years: Annotated[int, Field(ge=1, le=50)] = 5
    """Years over which energy is compared."""
    abnormally_low: Share = Decimal("0.3")
    """An offer that is cheaper than the mean of the others by more than this share has to be explained."""


class Notice(Frozen):
    """A numbered amendment or answer that was sent to all."""

    number: Annotated[int, Field(ge=1)]
    date: datetime.date
    text: Annotated[Text, Field(max_length=2000)]


class Lot(Frozen):
    """A part that is delivered and accepted by itself."""

    title: Text


class Tender(Frozen):
    """What is asked for."""

    tender: Number
    """Number of the procedure."""
    title: Text
    synthetic: bool = False
    """Invented for an example."""
    law: Text
    published: datetime.date
    deadline: AwareDatetime
    standstill_days: Annotated[int, Field(ge=0, le=60)] = 10
    form_version: Annotated[int, Field(ge=1)] = 1
    amendments: tuple[Notice, ...] = ()
    answers: tuple[Notice, ...] = ()
    lots: dict[FacilityName, Lot] = {}
    benchmarks: Annotated[dict[Name, Benchmark], Field(min_length=1, max_length=200)]
    mandatory: Annotated[dict[Name, Requirement], Field(max_length=200)] = {}
    workloads: Annotated[dict[Name, Workload], Field(max_length=200)] = {}
    """The reference mix."""
    award: Award


class Committed(Frozen):
    """One value that a bidder commits to."""

    value: Amount
    unit: Unit
    source: Text
    date: datetime.date
    precision: Text | None = None
    sparsity: Text | None = None
    kind: Text = "measured"
    """`measured`, `peak`, `emulated …` or `extrapolated …`."""


class Price(Frozen):
    """Money, without value-added tax."""

    value: Amount
    unit: Literal["EUR"]
    source: Text
    date: datetime.date


class Quantity(Frozen):
    """A number with its unit."""

    value: Above0
    unit: Unit
    source: Text
    date: datetime.date


class WorkloadRun(Frozen):
    """How a bidder commits to run one job of the reference mix."""

    nodes: Count
    """Nodes that one job takes."""
    time: Quantity
    """Time to solution of one job."""
    kind: Text = "measured"


class Offer(Frozen):
    """What a bidder commits to."""

    bidder: Name
    title: Text
    tender: Number
    form_version: int
    received: AwareDatetime
    price: Price | None = None
    nodes: Count
    power: Quantity
    """Average power of the IT equipment under the tender's load."""
    committed: Annotated[dict[Name, Committed], Field(max_length=1000)]
    workloads: Annotated[dict[Name, WorkloadRun], Field(max_length=200)] = {}
    explanation: Annotated[Text, Field(max_length=2000)] | None = None
    """Of a price that is abnormally low."""
