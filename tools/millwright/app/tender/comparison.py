"""The document of ``millwright tender compare``."""

from typing import Literal

from millwright.app.document import Document, Part
from millwright.app.tender.check import OfferLine
from millwright.app.tender.folder import Money, TenderHead
from millwright.core.errors import ExitCode


class FormulaLine(Part):
    """How price and quality become a ranking, as the tender published it."""

    name: str
    text: str
    quality_weight: float
    price_weight: float
    quality_by: str
    full_marks: float | None
    """Quality that gives 100 points; null if the best offer gets them."""
    ceiling: Money | None
    floor: Money | None
    euro_per_point: Money | None
    lowest_wins: bool
    is_relative: bool
    """Points of an offer depend on other offers."""


class Criterion(Part):
    """One value that is scored."""

    name: str
    title: str
    unit: str
    better: str
    weight: float
    share: float
    """Of all weights."""
    reference: float
    source: str


class IndexPart(Part):
    """What one criterion adds to the index of an offer."""

    criterion: str
    committed: float
    unit: str
    ratio: float
    """To the reference, above 1 if better."""
    factor: float
    """Ratio to the power of the criterion's share; the product of all factors is the index."""


class IndexLine(Part):
    """The weighted geometric mean of one offer."""

    bidder: str
    index: float
    parts: tuple[IndexPart, ...]
    smallest: str
    """The criterion of least ratio."""
    smallest_ratio: float
    below_one: bool
    """The offer is worse than the reference there."""


class RankLine(Part):
    """The place of one offer."""

    rank: int
    bidder: str
    price: Money
    quality_points: float
    price_points: float | None
    total: float
    """Weighted points; euro, or euro a point, for a formula in which the lowest wins."""


class LeftOutLine(Part):
    """The ranking without one offer that does not win."""

    without: str
    order: tuple[str, ...]
    winners: tuple[str, ...]
    turned: tuple[tuple[str, str], ...]
    """Pairs of which the second now precedes the first."""


class CrossingLine(Part):
    """Where two offers change places."""

    one: str
    other: str
    weights: dict[str, float | None]
    """Weight of each criterion, 0 to 1, at which both have the same index; null for none."""
    tariff_eur_per_kwh: float | None
    """Tariff at which both cost the same over the years; null if there is none at or above 0."""


class EnergyLine(Part):
    """Energy of one offer at the meter."""

    bidder: str
    energy_mwh: float
    years: int


class DeliveredLine(Part):
    """The reference mix on one machine."""

    bidder: str
    node_hours: dict[str, float]
    """Of all jobs of each workload in one mix."""
    node_hours_of_mix: float
    mixes_per_year: float
    price_per_mix: Money


class BarEnd(Part):
    """The ranking at one end of an input's range."""

    setting: float
    lead: float
    """Of the present winner over the best other offer, in the formula's unit."""
    winners: tuple[str, ...]


class BarLine(Part):
    """One input at 10 % less and 10 % more."""

    input: str
    unit: str
    low: BarEnd
    high: BarEnd
    turns: bool
    """Another offer wins at one end."""


class LowLine(Part):
    """An offer whose price has to be explained."""

    bidder: str
    price: Money
    explanation: str | None


class TenderComparison(Document):
    """All offers of a tender side by side."""

    format: Literal["millwright-tender-compare/1"] = "millwright-tender-compare/1"
    tender: TenderHead
    formula: FormulaLine
    criteria: tuple[Criterion, ...]
    offers: tuple[OfferLine, ...]
    indexes: tuple[IndexLine, ...]
    """Of admissible offers."""
    ranking: tuple[RankLine, ...]
    winners: tuple[str, ...]
    """More than one if the first rank is shared; none if no offer is admissible."""
    left_out: tuple[LeftOutLine, ...]
    depends_on_losers: bool
    """The order of two offers depends on a third one that does not win."""
    other_formulas: dict[str, tuple[str, ...]]
    """The order that other formulas would give, where their parameters are known."""
    crossings: tuple[CrossingLine, ...]
    energy: tuple[EnergyLine, ...]
    tornado: tuple[BarLine, ...]
    delivered: tuple[DeliveredLine, ...]
    order_by_index: tuple[str, ...]
    order_by_delivered: tuple[str, ...]
    """Most mixes a year first; empty if the tender has no workloads."""
    abnormally_low_share: float
    abnormally_low: tuple[LowLine, ...]
    redacted_for: str | None
    """The bidder whose figures, beside those of the first offer, are the only ones here."""
    withheld: int
    """Offers that are not shown."""
    xlsx: str | None
    """The workbook that was written."""
    html: str | None
    """The page that was written."""

    @property
    def exit_code(self) -> ExitCode:
        """1 if no offer is admissible."""
        return ExitCode.OK if self.winners else ExitCode.FAIL
