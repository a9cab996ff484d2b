"""Which offers may be scored: mandatory requirements and the rules of claims come before any point.

Regulation (EU, Euratom) 2024/2509 Art. 170 and 171: tenders that do not meet the minimum requirements are
rejected before they are evaluated. Nothing is converted, halved or completed in an offer's favour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from millwright.checks.declaration import Better
from millwright.core.errors import BadInputError
from millwright.core.units import parse_unit
from millwright.tenders import claims
from millwright.tenders.load import Procedure
from millwright.tenders.model import Asked, Committed, Offer, Tender, WorkloadRun

HOUR, KILOWATT = "h", "kW"
PUE = "pue"
"""The value by which energy at the meter is computed; 1 if the tender asks for none."""


class Reason(StrEnum):
    """Why an offer is rejected, beside the violations of claims."""

    MISSING = "missing"
    UNIT = "wrong-unit"
    LIMIT = "misses-limit"
    ZERO = "not-above-0"
    PRICE = "no-price"
    LATE = "late"
    FORM = "another-form-version"
    TENDER = "another-tender"
    UNKNOWN = "not-asked"
    CEILING = "above-price-ceiling"
    NODES = "more-nodes-than-offered"
    IMPOSSIBLE = "impossible"
    EARLY = "received-before-publication"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason to reject an offer."""

    key: str
    """Dotted path in the offer."""
    reason: str
    detail: str


def admit(procedure: Procedure) -> dict[str, tuple[Rejection, ...]]:
    """Every reason against each offer; an offer without one is admissible."""
    return {
        name: tuple(find_rejections(procedure.tender, each.offer)) for name, each in procedure.offers.items()
    }


def find_rejections(tender: Tender, offer: Offer) -> Iterator[Rejection]:
    """Every reason to reject one offer."""
    yield from _find_in_formalities(tender, offer)
    yield from _find_in_price(tender, offer)
    yield from _find_in_committed(tender, offer)
    for name in tender.workloads:
        yield from _find_in_workload(f"workloads.{name}", offer.workloads.get(name), offer)
    unknown = [f"committed.{name}" for name in offer.committed if name not in asked_of(tender)]
    unknown += [f"workloads.{name}" for name in offer.workloads if name not in tender.workloads]
    for key in unknown:
        yield Rejection(key, Reason.UNKNOWN, "the tender does not ask for it")


def asked_of(tender: Tender) -> dict[str, Asked]:
    """Every value that is asked for, scored or mandatory."""
    return {**tender.benchmarks, **tender.mandatory}


def _find_in_formalities(tender: Tender, offer: Offer) -> Iterator[Rejection]:
    if offer.tender != tender.tender:
        yield Rejection("tender", Reason.TENDER, f"{offer.tender}, asked {tender.tender}")
    if offer.form_version != tender.form_version:
        detail = f"{offer.form_version}, in force {tender.form_version}"
        yield Rejection("form_version", Reason.FORM, detail)
    if offer.received > tender.deadline:
        detail = f"{offer.received.isoformat()}, deadline {tender.deadline.isoformat()}"
        yield Rejection("received", Reason.LATE, detail)
    if offer.received.date() < tender.published:
        detail = f"{offer.received.isoformat()}, published {tender.published.isoformat()}"
        yield Rejection("received", Reason.EARLY, detail)


def _find_in_price(tender: Tender, offer: Offer) -> Iterator[Rejection]:
    if offer.price is None or offer.price.value <= 0:
        yield Rejection("price", Reason.PRICE, "an offer without a price can't be compared")
    elif tender.award.ceiling_eur is not None and offer.price.value > tender.award.ceiling_eur:
        detail = f"{offer.price.value:f} EUR, ceiling {tender.award.ceiling_eur:f} EUR"
        yield Rejection("price", Reason.CEILING, detail)
    if not is_unit_of(offer.power.unit, KILOWATT):
        yield Rejection("power", Reason.UNIT, f"{offer.power.unit}, asked a power such as kW")


def _find_in_committed(tender: Tender, offer: Offer) -> Iterator[Rejection]:
    asked = asked_of(tender)
    for name, each in asked.items():
        is_scored = name in tender.benchmarks
        yield from _find_in_value(f"committed.{name}", offer.committed.get(name), each, needs_ratio=is_scored)
    for name, limit in tender.mandatory.items():
        found = offer.committed.get(name)
        if found and found.unit == limit.unit and not _meets(found, limit.limit, limit.better):
            detail = f"{_with(found.value, found.unit)}, limit {_with(limit.limit, limit.unit)}"
            yield Rejection(f"committed.{name}", Reason.LIMIT, detail)
    pue = offer.committed.get(PUE)
    if PUE in asked and pue and pue.unit == asked[PUE].unit and pue.value < 1:
        yield Rejection(f"committed.{PUE}", Reason.IMPOSSIBLE, f"{pue.value}, below 1")


def _find_in_value(
    key: str, found: Committed | None, asked: Asked, *, needs_ratio: bool
) -> Iterator[Rejection]:
    if found is None:
        yield Rejection(key, Reason.MISSING, "no value is committed")
        return
    if found.unit != asked.unit:
        yield Rejection(key, Reason.UNIT, f"{found.unit}, asked {asked.unit}")
    if found.value <= 0 and needs_ratio:
        yield Rejection(key, Reason.ZERO, _with(found.value, found.unit))
    if asked.rate is not None:
        claim = claims.Claim(Fraction(found.value), found.unit, found.precision, found.sparsity, found.kind)
        wanted = claims.Asked(asked.rate.precision, asked.rate.sparsity, asked.rate.kind)
        for violation in claims.find_violations(claim, wanted):
            dense = claims.if_dense(claim)
            beside = f" (if dense: {float(dense):g} {found.unit})" if dense is not None else ""
            stated = f"{found.precision or 'no precision'}, {found.sparsity or 'no sparsity'}, {found.kind}"
            yield Rejection(key, violation, f"{stated}{beside}")
        return
    for violation in claims.find_unmeasured(found.kind):
        yield Rejection(key, violation, found.kind)


def _find_in_workload(key: str, found: WorkloadRun | None, offer: Offer) -> Iterator[Rejection]:
    if found is None:
        yield Rejection(key, Reason.MISSING, "no time is committed")
        return
    if not is_unit_of(found.time.unit, HOUR):
        yield Rejection(key, Reason.UNIT, f"{found.time.unit}, asked a time")
    if found.nodes > offer.nodes:
        yield Rejection(key, Reason.NODES, f"{found.nodes} nodes, offered {offer.nodes}")
    for violation in claims.find_unmeasured(found.kind):
        yield Rejection(key, violation, found.kind)


def is_unit_of(unit: str, other: str) -> bool:
    """Whether a unit is known and of the dimension of another one."""
    try:
        return parse_unit(unit).dimension == parse_unit(other).dimension
    except BadInputError:
        return False


def _with(value: Decimal, unit: str) -> str:
    return f"{value:f}" if unit == "1" else f"{value:f} {unit}"


def _meets(found: Committed, limit: Decimal, better: Better) -> bool:
    value, bound = Fraction(found.value), Fraction(limit)
    return value >= bound if better is Better.HIGHER else value <= bound
