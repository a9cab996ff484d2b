"""All offers of a tender side by side: index, points, ranking, and how firm the ranking is."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from millwright.tenders import award, stability
from millwright.tenders.admission import Rejection, admit
from millwright.tenders.index import Index, geometric_index, ratio
from millwright.tenders.load import Procedure
from millwright.tenders.model import Offer, Tender

PUE = "pue"
"""The mandatory value by which energy at the meter is computed; 1 if the tender asks for none."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two admissible offers change places."""

    one: str
    other: str
    weights: Mapping[str, Decimal | None]
    """Weight of each benchmark, 0 to 1, at which both have the same index; None for none."""
    tariff_eur_per_kwh: Fraction | None
    """Tariff at which both cost the same; None if there is none at or above 0."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What follows from the offers of a tender."""

    rejected: Mapping[str, tuple[Rejection, ...]]
    indexes: Mapping[str, Index]
    """Of admissible offers."""
    ranking: award.Ranking
    left_out: tuple[award.LeftOut, ...]
    crossings: tuple[Crossing, ...]
    energy_kwh: Mapping[str, Fraction]
    """At the meter over the years of the award."""
    abnormally_low: Mapping[str, str | None]
    """Offers to be explained, with their explanation; None if there is none."""
    other_formulas: Mapping[str, tuple[str, ...]]
    """The order that other formulas would give, where their parameters are known."""


def compare(procedure: Procedure) -> Comparison:
    """Compare the admissible offers; raises :exc:`BadInputError` if there is none."""
    tender = procedure.tender
    rejected = admit(procedure)
    offers = {name: each.offer for name, each in procedure.offers.items() if not rejected[name]}
    ratios = {name: _ratios(tender, offer) for name, offer in offers.items()}
    weights = {name: Fraction(each.weight) for name, each in tender.benchmarks.items()}
    indexes = {name: geometric_index(found, weights) for name, found in ratios.items()}
    bids = {
        name: award.Bid(Fraction(offer.price.value), Fraction(indexes[name].value))
        for name, offer in offers.items()
        if offer.price is not None
    }
    rules = rules_of(tender)
    energy = {name: _energy(tender, offer) for name, offer in offers.items()}
    return Comparison(
        rejected={name: found for name, found in rejected.items() if found},
        indexes=indexes,
        ranking=award.rank(bids, rules),
        left_out=award.leave_one_out(bids, rules),
        crossings=tuple(_crossings(bids, ratios, weights, energy)),
        energy_kwh=energy,
        abnormally_low=_abnormally_low(tender, offers),
        other_formulas=_other_formulas(tender, bids),
    )


def rules_of(tender: Tender, formula: award.Formula | None = None) -> award.Rules:
    """The tender's rules, or the same with another formula."""
    a = tender.award
    return award.Rules(
        formula or a.formula,
        Fraction(a.quality_weight),
        Fraction(a.price_weight),
        ceiling=None if a.ceiling_eur is None else Fraction(a.ceiling_eur),
        floor=Fraction(a.floor_eur),
        euro_per_point=None if a.euro_per_point is None else Fraction(a.euro_per_point),
        quality_of_best=True,
    )


def _ratios(tender: Tender, offer: Offer) -> dict[str, Fraction]:
    return {
        name: ratio(Fraction(offer.committed[name].value), Fraction(each.reference), each.better)
        for name, each in tender.benchmarks.items()
    }


def _energy(tender: Tender, offer: Offer) -> Fraction:
    pue = Fraction(offer.committed[PUE].value) if PUE in tender.mandatory else Fraction(1)
    power = Fraction(offer.power.value)
    return stability.energy_at_meter_kwh(power, pue, Fraction(tender.award.years))


def _crossings(
    bids: Mapping[str, award.Bid],
    ratios: Mapping[str, Mapping[str, Fraction]],
    weights: Mapping[str, Fraction],
    energy: Mapping[str, Fraction],
) -> Iterator[Crossing]:
    for one, other in itertools.combinations(sorted(bids), 2):
        moved = weights if len(weights) > 1 else {}
        yield Crossing(
            one,
            other,
            {name: stability.weight_where_equal(ratios[one], ratios[other], weights, name) for name in moved},
            stability.break_even_tariff(bids[one].price, energy[one], bids[other].price, energy[other]),
        )


def _abnormally_low(tender: Tender, offers: Mapping[str, Offer]) -> dict[str, str | None]:
    prices = {name: Fraction(offer.price.value) for name, offer in offers.items() if offer.price}
    found = {}
    for name, price in prices.items():
        others = [other for each, other in prices.items() if each != name]
        if others and price < (1 - Fraction(tender.award.abnormally_low)) * sum(others) / len(others):
            found[name] = offers[name].explanation
    return found


def _other_formulas(tender: Tender, bids: Mapping[str, award.Bid]) -> dict[str, tuple[str, ...]]:
    others = (formula for formula in award.Formula if formula is not tender.award.formula)
    found = {formula.value: rules_of(tender, formula) for formula in others}
    return {
        name: award.rank(bids, rules).order
        for name, rules in found.items()
        if not award.find_problems(bids, rules)
    }
