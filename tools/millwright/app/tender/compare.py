"""``millwright tender compare``: all offers of a tender side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from millwright.app.context import Context
from millwright.app.tender import comparison as doc
from millwright.app.tender.check import offer_lines
from millwright.app.tender.folder import Money, head_of, money_of, tender_folder
from millwright.app.tender.redaction import redact
from millwright.core.files import write_output
from millwright.core.places import product_root
from millwright.tenders import award
from millwright.tenders.compare import Comparison, compare
from millwright.tenders.index import Index
from millwright.tenders.load import Procedure, load_procedure
from millwright.tenders.model import Tender
from millwright.tenders.tornado import Bar, End

FORMULAS = {
    award.Formula.INVERSE_PROPORTIONAL: "price points = 100 * lowest price / price",
    award.Formula.LINEAR_MIN_MAX: "price points = 100 * (highest - price) / (highest - lowest)",
    award.Formula.LINEAR_TO_CEILING: "price points = 100 * (ceiling - price) / (ceiling - floor)",
    award.Formula.PRICE_PER_POINT: "total = price / quality points, the lowest wins",
    award.Formula.QUALITY_IN_EURO: "total = price - quality points * euro per point, the lowest wins",
}
ABSOLUTE = {award.Formula.LINEAR_TO_CEILING, award.Formula.PRICE_PER_POINT, award.Formula.QUALITY_IN_EURO}
"""Formulas in which points depend on no other offer, if those of quality do not."""
EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to write beside the document."""

    xlsx: Path | None = None
    html: Path | None = None


NO_FILES = Outputs()


def compare_offers(
    context: Context, named: str, outputs: Outputs = NO_FILES, *, bidder: str | None = None
) -> doc.TenderComparison:
    """Compare the offers of a tender, as far as ``bidder`` may see it; None sees all.

    Raises :exc:`BadInputError` with every problem of all files.
    """
    del context
    procedure = load_procedure(tender_folder(named))
    found = describe(procedure, compare(procedure))
    if bidder is not None:
        found = redact(found, bidder)
    if outputs.xlsx:
        from millwright.app.tender.workbook import comparison_workbook  # noqa: PLC0415 - loads openpyxl

        write_output(outputs.xlsx, comparison_workbook(found))
    if outputs.html:
        from millwright.app.tender.page import comparison_page  # noqa: PLC0415 - loads jinja2

        write_output(outputs.html, comparison_page(found, product_root() / "reports"))
    return found.model_copy(
        update={name: str(path) for name in ("xlsx", "html") if (path := getattr(outputs, name))}
    )


def describe(procedure: Procedure, found: Comparison) -> doc.TenderComparison:
    """A comparison as its document."""
    tender, standing = procedure.tender, found.standing
    mixes = {name: each.mixes_per_year for name, each in found.delivered.items()}
    indexes = {name: Fraction(each.value) for name, each in found.indexes.items()}
    return doc.TenderComparison(
        tender=head_of(tender, procedure.tender_sha256),
        formula=_formula(tender),
        criteria=tuple(_criteria(tender)),
        offers=offer_lines(procedure),
        indexes=tuple(_index(procedure, name, each) for name, each in found.indexes.items()),
        ranking=tuple(_ranking(procedure, standing.ranking)) if standing else (),
        winners=standing.ranking.winners if standing else (),
        left_out=tuple(
            doc.LeftOutLine(without=row.without, order=row.order, winners=row.winners, turned=row.turned)
            for row in (standing.left_out if standing else ())
        ),
        depends_on_losers=award.depends_on_losers(standing.left_out) if standing else False,
        other_formulas=dict(standing.other_formulas) if standing else {},
        crossings=tuple(_crossings(found)),
        energy=tuple(
            doc.EnergyLine(bidder=name, energy_mwh=float(kwh / 1000), years=tender.award.years)
            for name, kwh in found.energy_kwh.items()
        ),
        tornado=tuple(_bar(bar, standing.ranking.winners) for bar in standing.tornado) if standing else (),
        delivered=tuple(_delivered(procedure, found)),
        order_by_index=_in_order(indexes),
        order_by_delivered=_in_order(mixes),
        abnormally_low_share=float(tender.award.abnormally_low),
        abnormally_low=tuple(
            doc.LowLine(bidder=name, price=_price(procedure, name), explanation=explanation)
            for name, explanation in found.abnormally_low.items()
        ),
        redacted_for=None,
        withheld=0,
        xlsx=None,
        html=None,
    )


def _formula(tender: Tender) -> doc.FormulaLine:
    a = tender.award
    is_absolute = a.formula in ABSOLUTE and a.full_marks is not None
    return doc.FormulaLine(
        name=a.formula.value,
        text=FORMULAS[a.formula],
        quality_weight=float(a.quality_weight),
        price_weight=float(a.price_weight),
        quality_by=a.quality_by.value,
        full_marks=_float(a.full_marks),
        ceiling=_money(a.ceiling_eur, tender),
        floor=_money(a.floor_eur, tender) if a.ceiling_eur is not None else None,
        euro_per_point=_money(a.euro_per_point, tender),
        lowest_wins=not a.formula.has_price_points,
        is_relative=not is_absolute,
    )


def _money(value: object, tender: Tender) -> Money | None:
    if value is None:
        return None
    return Money(amount=float(str(value)), currency=EURO, date=tender.published)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _criteria(tender: Tender) -> Iterator[doc.Criterion]:
    total = sum(each.weight for each in tender.benchmarks.values())
    for name, each in tender.benchmarks.items():
        yield doc.Criterion(
            name=name,
            title=each.title or name,
            unit=each.unit,
            better=each.better.value,
            weight=float(each.weight),
            share=float(each.weight / total),
            reference=float(each.reference),
            source=each.source,
        )


def _index(procedure: Procedure, bidder: str, found: Index) -> doc.IndexLine:
    offer = procedure.offers[bidder].offer
    parts = tuple(
        doc.IndexPart(
            criterion=each.name,
            committed=float(offer.committed[each.name].value),
            unit=each.unit,
            ratio=float(found.ratios[each.name]),
            factor=float(found.ratios[each.name]) ** each.share,
        )
        for each in _criteria(procedure.tender)
    )
    least = found.smallest
    return doc.IndexLine(
        bidder=bidder,
        index=float(found.value),
        parts=parts,
        smallest=least.benchmark,
        smallest_ratio=float(least.ratio),
        below_one=least.is_below_one,
    )


def _ranking(procedure: Procedure, ranking: award.Ranking) -> Iterator[doc.RankLine]:
    for name in ranking.order:
        score = ranking.scores[name]
        yield doc.RankLine(
            rank=ranking.ranks[name],
            bidder=name,
            price=_price(procedure, name),
            quality_points=float(score.quality_points),
            price_points=None if score.price_points is None else float(score.price_points),
            total=float(score.total),
        )


def _price(procedure: Procedure, bidder: str) -> Money:
    price = procedure.offers[bidder].offer.price
    if price is None:
        raise AssertionError("an offer without a price is not admissible")
    return money_of(price)


def _crossings(found: Comparison) -> Iterator[doc.CrossingLine]:
    for each in found.crossings:
        yield doc.CrossingLine(
            one=each.one,
            other=each.other,
            weights={name: _float(weight) for name, weight in each.weights.items()},
            tariff_eur_per_kwh=None if each.tariff_eur_per_kwh is None else float(each.tariff_eur_per_kwh),
        )


def _delivered(procedure: Procedure, found: Comparison) -> Iterator[doc.DeliveredLine]:
    for name, each in found.delivered.items():
        yield doc.DeliveredLine(
            bidder=name,
            node_hours={workload: float(hours) for workload, hours in each.node_hours.items()},
            node_hours_of_mix=float(each.node_hours_of_mix),
            mixes_per_year=float(each.mixes_per_year),
            price_per_mix=Money(
                amount=float(each.eur_per_mix), currency=EURO, date=_price(procedure, name).date
            ),
        )


def _bar(bar: Bar, winners: tuple[str, ...]) -> doc.BarLine:
    turns = any(end.winners != winners for end in (bar.low, bar.high))
    return doc.BarLine(input=bar.name, unit=bar.unit, low=_end(bar.low), high=_end(bar.high), turns=turns)


def _end(end: End) -> doc.BarEnd:
    return doc.BarEnd(setting=float(end.setting), lead=float(end.lead), winners=end.winners)


def _in_order(values: dict[str, Fraction]) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda name: (-values[name], name)))
