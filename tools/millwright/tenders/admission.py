"""Which offers may be scored: mandatory requirements and the rules of claims come before any point.

Regulation (EU, Euratom) 2024/2509 Art. 170 and 171: tenders that do not meet the minimum requirements are
rejected before they are evaluated. Nothing is converted, halved or completed in an offer's favour.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from millwright.checks.declaration import Better
from millwright.tenders import claims
from millwright.tenders.load import Procedure
from millwright.tenders.model import Asked, Committed, Offer, Tender


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
    if offer.tender != tender.tender:
        yield Rejection("tender", Reason.TENDER, f"{offer.tender}, asked {tender.tender}")
    if offer.form_version != tender.form_version:
        detail = f"{offer.form_version}, in force {tender.form_version}"
        yield Rejection("form_version", Reason.FORM, detail)
    if offer.received > tender.deadline:
        detail = f"{offer.received.isoformat()}, deadline {tender.deadline.isoformat()}"
        yield Rejection("received", Reason.LATE, detail)
    if offer.price is None or offer.price.value <= 0:
        yield Rejection("price", Reason.PRICE, "an offer without a price can't be compared")
    elif tender.award.ceiling_eur is not None and offer.price.value > tender.award.ceiling_eur:
        detail = f"{offer.price.value} EUR, ceiling {tender.award.ceiling_eur} EUR"
        yield Rejection("price", Reason.CEILING, detail)
    asked: Mapping[str, Asked] = {**tender.benchmarks, **tender.mandatory}
    for name, each in asked.items():
        yield from _find_in_value(f"committed.{name}", offer.committed.get(name), each)
    for name, limit in tender.mandatory.items():
        found = offer.committed.get(name)
        if found and found.unit == limit.unit and not _meets(found, limit.limit, limit.better):
            detail = f"{found.value} {found.unit}, limit {limit.limit} {limit.unit}"
            yield Rejection(f"committed.{name}", Reason.LIMIT, detail)
    for name in offer.committed:
        if name not in asked:
            yield Rejection(f"committed.{name}", Reason.UNKNOWN, "the tender does not ask for it")


def _find_in_value(key: str, found: Committed | None, asked: Asked) -> Iterator[Rejection]:
    if found is None:
        yield Rejection(key, Reason.MISSING, "no value is committed")
        return
    if found.unit != asked.unit:
        yield Rejection(key, Reason.UNIT, f"{found.unit}, asked {asked.unit}")
    if found.value <= 0:
        yield Rejection(key, Reason.ZERO, f"{found.value} {found.unit}")
    if asked.rate is not None:
        claim = claims.Claim(Fraction(found.value), found.unit, found.precision, found.sparsity, found.kind)
        wanted = claims.Asked(asked.rate.precision, asked.rate.sparsity, asked.rate.kind)
        for violation in claims.find_violations(claim, wanted):
            dense = claims.if_dense(claim)
            beside = f" (if dense: {float(dense):g} {found.unit})" if dense is not None else ""
            stated = f"{found.precision or 'no precision'}, {found.sparsity or 'no sparsity'}, {found.kind}"
            yield Rejection(key, violation, f"{stated}{beside}")
    elif found.kind.split()[0] != claims.MEASURED:
        yield Rejection(key, "not-measured", found.kind)


def _meets(found: Committed, limit: object, better: Better) -> bool:
    value, bound = Fraction(found.value), Fraction(str(limit))
    return value >= bound if better is Better.HIGHER else value <= bound
