"""All offers of a tender side by side: index, points, ranking, and how firm the ranking is."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from millwright.core.units import convert
from millwright.tenders import award, stability
from millwright.tenders.admission import KILOWATT, PUE, Rejection, admit
from millwright.tenders.bids import Basis, bids_of
from millwright.tenders.delivered import Delivered, delivered
from millwright.tenders.index import Index, geometric_index, ratio
from millwright.tenders.load import Procedure
from millwright.tenders.model import Offer, QualityBy, Tender
from millwright.tenders.tornado import Bar, tornado


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
class Standing:
    """The ranking of the admissible offers, and how firm it is."""

    rules: award.Rules
    ranking: award.Ranking
    left_out: tuple[award.LeftOut, ...]
    other_formulas: Mapping[str, tuple[str, ...]]
    """The order that other formulas would give, where their parameters are known."""
    tornado: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What follows from the offers of a tender."""

    rejected: Mapping[str, tuple[Rejection, ...]]
    indexes: Mapping[str, Index]
    """Of admissible offers."""
    delivered: Mapping[str, Delivered]
    """Of admissible offers; empty if the tender has no workloads."""
    standing: Standing | None
    """None if no offer is admissible."""
    crossings: tuple[Crossing, ...]
    energy_kwh: Mapping[str, Fraction]
    """At the meter over the years of the award."""
    abnormally_low: Mapping[str, str | None]
    """Offers to be explained, with their explanation; None if there is none."""


def compare(procedure: Procedure) -> Comparison:
    """Compare the offers of a tender; only those without a reason to reject them are scored."""
    tender = procedure.tender
    rejected = admit(procedure)
    offers = {name: each.offer for name, each in procedure.offers.items() if not rejected[name]}
    basis = basis_of(tender, offers)
    energy = {name: _energy(tender, offer) for name, offer in offers.items()}
    return Comparison(
        rejected={name: found for name, found in rejected.items() if found},
        indexes={name: geometric_index(found, basis.weights) for name, found in basis.ratios.items()},
        delivered=_delivered(tender, offers),
        standing=_standing(tender, basis) if offers else None,
        crossings=tuple(_crossings(basis, energy)),
        energy_kwh=energy,
        abnormally_low=_abnormally_low(tender, offers),
    )


def basis_of(tender: Tender, offers: Mapping[str, Offer]) -> Basis:
    """What decides the ranking of admissible offers."""
    mixes = {name: each.mixes_per_year for name, each in _delivered(tender, offers).items()}
    full = tender.award.full_marks
    return Basis(
        prices={name: Fraction(each.price.value) for name, each in offers.items() if each.price},
        ratios={name: _ratios(tender, offer) for name, offer in offers.items()},
        weights={name: Fraction(each.weight) for name, each in tender.benchmarks.items()},
        mixes=mixes if tender.award.quality_by is QualityBy.DELIVERED else {},
        full_marks=None if full is None else Fraction(full),
        rules=rules_of(tender),
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
        quality_of_best=a.full_marks is None,
    )


def _standing(tender: Tender, basis: Basis) -> Standing:
    bids = bids_of(basis)
    others = (formula for formula in award.Formula if formula is not basis.rules.formula)
    found = {formula.value: rules_of(tender, formula) for formula in others}
    return Standing(
        rules=basis.rules,
        ranking=award.rank(bids, basis.rules),
        left_out=award.leave_one_out(bids, basis.rules),
        other_formulas={
            name: award.rank(bids, rules).order
            for name, rules in found.items()
            if not award.find_problems(bids, rules)
        },
        tornado=tornado(basis),
    )


def _delivered(tender: Tender, offers: Mapping[str, Offer]) -> dict[str, Delivered]:
    found = {name: delivered(tender, offer) for name, offer in offers.items()}
    return {name: each for name, each in found.items() if each is not None}


def _ratios(tender: Tender, offer: Offer) -> dict[str, Fraction]:
    return {
        name: ratio(Fraction(offer.committed[name].value), Fraction(each.reference), each.better)
        for name, each in tender.benchmarks.items()
    }


def _energy(tender: Tender, offer: Offer) -> Fraction:
    asks_pue = PUE in tender.mandatory or PUE in tender.benchmarks
    pue = Fraction(offer.committed[PUE].value) if asks_pue else Fraction(1)
    power = convert(Fraction(offer.power.value), offer.power.unit, KILOWATT)
    return stability.energy_at_meter_kwh(power, pue, Fraction(tender.award.years))


def _crossings(basis: Basis, energy: Mapping[str, Fraction]) -> Iterator[Crossing]:
    ratios, weights, prices = basis.ratios, basis.weights, basis.prices
    for one, other in itertools.combinations(sorted(prices), 2):
        moved = weights if len(weights) > 1 else {}
        yield Crossing(
            one,
            other,
            {name: stability.weight_where_equal(ratios[one], ratios[other], weights, name) for name in moved},
            stability.break_even_tariff(prices[one], energy[one], prices[other], energy[other]),
        )


def _abnormally_low(tender: Tender, offers: Mapping[str, Offer]) -> dict[str, str | None]:
    prices = {name: Fraction(offer.price.value) for name, offer in offers.items() if offer.price}
    found = {}
    for name, price in prices.items():
        others = [other for each, other in prices.items() if each != name]
        if others and price < (1 - Fraction(tender.award.abnormally_low)) * sum(others) / len(others):
            found[name] = offers[name].explanation
    return found
