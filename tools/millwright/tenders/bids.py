"""What the award formula works on: prices, and quality from ratios and weights or from the delivered mix."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from millwright.tenders import award
from millwright.tenders.index import geometric_index

HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that decides a ranking; each ``with_…`` gives it with one input changed."""

    prices: Mapping[str, Fraction]
    """In euro, by admissible offer."""
    ratios: Mapping[str, Mapping[str, Fraction]]
    weights: Mapping[str, Fraction]
    mixes: Mapping[str, Fraction]
    """Delivered reference mixes a year; empty if quality is by index."""
    full_marks: Fraction | None
    """Quality that gives 100 points; None if the best offer gets them."""
    rules: award.Rules

    @property
    def by_index(self) -> bool:
        """Whether quality is the geometric mean index."""
        return not self.mixes

    @property
    def quality(self) -> Mapping[str, Fraction]:
        """Quality before it is turned into points."""
        if self.mixes:
            return self.mixes
        return {
            name: Fraction(geometric_index(found, self.weights).value) for name, found in self.ratios.items()
        }

    def with_quality_weight(self, value: Fraction) -> "Basis":
        """With another weight of quality, at most 1; price has the rest."""
        weight = min(Fraction(1), value)
        return replace(self, rules=replace(self.rules, quality_weight=weight, price_weight=1 - weight))

    def with_euro_per_point(self, value: Fraction) -> "Basis":
        """With another worth of a point of quality."""
        return replace(self, rules=replace(self.rules, euro_per_point=value))

    def with_weight(self, name: str, value: Fraction) -> "Basis":
        """With another weight of one criterion; the index normalises them."""
        return replace(self, weights={**self.weights, name: value})

    def with_ratio(self, offer: str, name: str, value: Fraction) -> "Basis":
        """With another ratio of one offer in one criterion."""
        return replace(self, ratios={**self.ratios, offer: {**self.ratios[offer], name: value}})

    def with_quality(self, offer: str, value: Fraction) -> "Basis":
        """With other delivered mixes of one offer."""
        return replace(self, mixes={**self.mixes, offer: value})

    def with_price(self, offer: str, value: Fraction) -> "Basis":
        """With another price of one offer."""
        return replace(self, prices={**self.prices, offer: value})


def bids_of(basis: Basis) -> dict[str, award.Bid]:
    """Price and quality of each offer as the formula takes them."""
    quality = basis.quality
    if basis.full_marks is not None:
        full = basis.full_marks
        quality = {name: min(HUNDRED, HUNDRED * found / full) for name, found in quality.items()}
    return {name: award.Bid(price, quality[name]) for name, price in basis.prices.items()}
