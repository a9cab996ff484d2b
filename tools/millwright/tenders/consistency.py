"""What can only be judged between the values of a tender."""

from collections.abc import Iterator

from millwright.core.frozen import Finding
from millwright.tenders.award import Formula
from millwright.tenders.model import Asked, QualityBy, Tender

MAX_WEIGHT_RANGE = 10**6
"""Ratio of the largest weight to the smallest; beyond, a criterion has no say."""


def find_in_tender(tender: Tender) -> Iterator[Finding]:
    """Every contradiction within a tender."""
    yield from _find_in_award(tender)
    yield from _find_in_names(tender)
    yield from _find_in_dates(tender)
    yield from _find_in_targets(tender)


def _find_in_award(tender: Tender) -> Iterator[Finding]:
    award = tender.award
    total = award.quality_weight + award.price_weight
    if award.formula.has_price_points and total != 1:
        yield Finding("MW7619", "award.quality_weight", f"adds up to {total} with price_weight", "1")
    if award.formula is Formula.LINEAR_TO_CEILING and (
        award.ceiling_eur is None or award.ceiling_eur <= award.floor_eur
    ):
        yield Finding("MW7620", "award.ceiling_eur", "is not above the floor", "ceiling_eur above floor_eur")
    if award.formula is Formula.QUALITY_IN_EURO and award.euro_per_point is None:
        yield Finding("MW7621", "award.euro_per_point", "is missing", "what a point of quality is worth")
    if award.quality_by is QualityBy.DELIVERED and not tender.workloads:
        yield Finding("MW7622", "award.quality_by", "is delivered without workloads", "a reference mix")
    weights = [each.weight for each in tender.benchmarks.values()]
    if max(weights) > MAX_WEIGHT_RANGE * min(weights):
        yield Finding("MW7623", "benchmarks", "have weights of very different size", "at most 1 to 1000000")


def _find_in_names(tender: Tender) -> Iterator[Finding]:
    for name in sorted(set(tender.benchmarks) & set(tender.mandatory)):
        yield Finding("MW7605", f"mandatory.{name}", "is a benchmark as well", "another name")
    for kind, notices in (("amendments", tender.amendments), ("answers", tender.answers)):
        numbers = [notice.number for notice in notices]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Finding("MW7606", kind, f"are numbered {numbers}", "1, 2, 3 …")


def _find_in_dates(tender: Tender) -> Iterator[Finding]:
    deadline = tender.deadline.date()
    if tender.published > deadline:
        yield Finding("MW7624", "deadline", f"is before {tender.published}, when published", "a later one")
    for kind, notices in (("amendments", tender.amendments), ("answers", tender.answers)):
        dates = [notice.date for notice in notices]
        if dates != sorted(dates) or any(not tender.published <= date <= deadline for date in dates):
            yield Finding("MW7625", kind, "have dates out of order", "from publication to the deadline")


def _find_in_targets(tender: Tender) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], str] = {}
    asked: dict[str, Asked] = {**tender.benchmarks, **tender.mandatory}
    for name, each in asked.items():
        kind = "benchmarks" if name in tender.benchmarks else "mandatory"
        if each.commit is None:
            continue
        place = (each.commit.partition, each.commit.check, each.commit.metric)
        if place in seen:
            yield Finding("MW7626", f"{kind}.{name}.commit", f"is that of {seen[place]} too", "one a metric")
        seen.setdefault(place, name)
        if each.commit.lot is not None and each.commit.lot not in tender.lots:
            expected = f"one of {', '.join(tender.lots) or 'lots, which has none'}"
            yield Finding("MW7627", f"{kind}.{name}.commit.lot", f"{each.commit.lot} is no lot", expected)
