"""A tender and its offers as typed data: ``tender.yaml`` and ``offers/<bidder>.yaml``.

Numbers are the decimals that are written. A commitment states its unit, kind, source and date.
"""

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from millwright.checks.declaration import Better, Statistic
from millwright.core.frozen import Frozen
from millwright.facility.model import CheckName, CommitmentClass, MetricName
from millwright.tenders.award import Formula

Above0 = Annotated[Decimal, Field(gt=0, allow_inf_nan=False, max_digits=30)]
Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False, max_digits=30)]
Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=30)]
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Unit = Annotated[str, Field(pattern=r"^[A-Za-z0-9%/^*. -]{1,32}$")]


class Rate(Frozen):
    """What a rate has to be: an "AI flop" without precision, sparsity and kind says nothing."""

    precision: Text
    sparsity: Text = "dense"
    kind: Text = "measured"


class Target(Frozen):
    """Where the accepted value becomes a commitment of the facility."""

    partition: Name
    check: CheckName
    metric: MetricName
    commitment_class: Annotated[CommitmentClass, Field(alias="class")] = CommitmentClass.SCORED
    tolerance: Share = Decimal(0)
    statistic: Statistic | None = None
    clause: Text | None = None


class Asked(Frozen):
    """What every value that is asked for has."""

    unit: Unit
    better: Better
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


class Award(Frozen):
    """The award formula, published with the tender."""

    formula: Formula
    quality_weight: Share = Decimal(0)
    price_weight: Share = Decimal(0)
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
    text: Text


class Lot(Frozen):
    """A part that is awarded and accepted by itself."""

    title: Text


class Tender(Frozen):
    """What is asked for."""

    tender: Text
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
    lots: dict[Name, Lot] = {}
    benchmarks: Annotated[dict[Name, Benchmark], Field(min_length=1)]
    mandatory: dict[Name, Requirement] = {}
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


class Offer(Frozen):
    """What a bidder commits to."""

    bidder: Name
    title: Text
    tender: Text
    form_version: int
    received: AwareDatetime
    price: Price | None = None
    nodes: Annotated[int, Field(ge=1)]
    power: Quantity
    """Average power of the IT equipment under the tender's load."""
    committed: dict[Name, Committed]
    explanation: Text | None = None
    """Of a price that is abnormally low."""
