"""A comparison as a workbook: one sheet a table, numbers as numbers."""

from collections.abc import Iterator

from millwright.app.tender.comparison import TenderComparison
from millwright.tenders.xlsx.cells import Value
from millwright.tenders.xlsx.tables import Table, write_tables


def comparison_workbook(found: TenderComparison) -> bytes:
    """The bytes of the workbook; the same comparison gives the same bytes."""
    return write_tables(comparison_tables(found), date=found.tender.published)


def comparison_tables(found: TenderComparison) -> Iterator[Table]:
    """Every table of a comparison, the most important first."""
    yield _ranking(found)
    yield _rejections(found)
    yield _offers(found)
    yield _index(found)
    yield _left_out(found)
    yield _crossings(found)
    yield _tornado(found)
    if found.delivered:
        yield _delivered(found)
    yield _about(found)


def _about(found: TenderComparison) -> Table:
    tender, formula = found.tender, found.formula
    rows: list[tuple[Value, ...]] = [
        ("Tender", tender.number),
        ("Title", tender.title),
        ("Synthetic", "yes, an invented example" if tender.synthetic else "no"),
        ("Law", tender.law),
        ("Published", tender.published),
        ("Deadline", tender.deadline.isoformat()),
        ("Form version", tender.form_version),
        ("SHA-256 of tender.yaml", tender.sha256),
        ("Formula", formula.name),
        ("Formula in words", formula.text),
        ("Weight of quality", formula.quality_weight),
        ("Weight of price", formula.price_weight),
        ("Quality by", formula.quality_by),
        ("Quality with 100 points", formula.full_marks),
        ("Price ceiling (EUR)", formula.ceiling.amount if formula.ceiling else None),
        ("Price floor (EUR)", formula.floor.amount if formula.floor else None),
        ("Euro per point (EUR)", formula.euro_per_point.amount if formula.euro_per_point else None),
        ("Points depend on other offers", _yes(formula.is_relative)),
        ("Order depends on a losing offer", _yes(found.depends_on_losers)),
        ("First", ", ".join(found.winners)),
        ("Order by index", ", ".join(found.order_by_index)),
        ("Order by delivered mix", ", ".join(found.order_by_delivered)),
        ("Abnormally low: share below the mean of the others", found.abnormally_low_share),
        *((f"Order by {name}", ", ".join(order)) for name, order in found.other_formulas.items()),
    ]
    return Table("Tender", ("What", "Value"), tuple(rows))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _offers(found: TenderComparison) -> Table:
    low = {each.bidder: each.explanation or "not explained" for each in found.abnormally_low}
    energy = {each.bidder: each.energy_mwh for each in found.energy}
    heads = (
        "Offer",
        "Bidder",
        "Admissible",
        "Price",
        "Currency",
        "Price date",
        "Nodes",
        "Energy at the meter (MWh)",
    )
    rows = (
        (
            *(each.bidder, each.title, _yes(each.admissible)),
            *(
                (each.price.amount, each.price.currency, each.price.date)
                if each.price
                else (None, None, None)
            ),
            *(each.nodes, energy.get(each.bidder), low.get(each.bidder)),
            *(each.received.isoformat(), each.file, each.sha256),
        )
        for each in found.offers
    )
    return Table("Offers", (*heads, "Abnormally low", "Received", "File", "SHA-256"), tuple(rows))


def _rejections(found: TenderComparison) -> Table:
    rows = (
        (offer.bidder, each.key, each.requirement, each.reason, _yes(each.rule_violation), each.detail)
        for offer in found.offers
        for each in offer.rejections
    )
    return Table(
        "Rejected", ("Offer", "Value", "Requirement", "Reason", "Rule violation", "Detail"), tuple(rows)
    )


def _ranking(found: TenderComparison) -> Table:
    heads = ("Rank", "Offer", "Price", "Currency", "Price date", "Quality points", "Price points", "Total")
    rows = (
        (
            *(each.rank, each.bidder, each.price.amount, each.price.currency, each.price.date),
            *(each.quality_points, each.price_points, each.total),
        )
        for each in found.ranking
    )
    return Table("Ranking", heads, tuple(rows))


def _index(found: TenderComparison) -> Table:
    criteria = {each.name: each for each in found.criteria}
    heads = ("Offer", "Criterion", "Title", "Share of weight", "Reference", "Committed", "Unit", "Better")
    rows: list[tuple[Value, ...]] = []
    for index in found.indexes:
        for part in index.parts:
            asked = criteria[part.criterion]
            rows.append(
                (
                    *(index.bidder, part.criterion, asked.title, asked.share, asked.reference),
                    *(part.committed, part.unit, asked.better, part.ratio, part.factor),
                )
            )
        rows.append((index.bidder, "index", "Product of the factors", 1, *(None,) * 5, index.index))
    return Table("Index", (*heads, "Ratio", "Factor"), tuple(rows))


def _left_out(found: TenderComparison) -> Table:
    rows = (
        (
            *(each.without, ", ".join(each.order), ", ".join(each.winners)),
            "; ".join(f"{first} and {second}" for first, second in each.turned),
        )
        for each in found.left_out
    )
    return Table("Leave one out", ("Without", "Order", "First", "Pairs that turn"), tuple(rows))


def _crossings(found: TenderComparison) -> Table:
    names = [each.name for each in found.criteria]
    rows = (
        (each.one, each.other, *(each.weights.get(name) for name in names), each.tariff_eur_per_kwh)
        for each in found.crossings
    )
    heads = ("Offer", "Other offer", *(f"Equal at weight of {name}" for name in names))
    return Table("Break-even", (*heads, "Equal at tariff (EUR/kWh)"), tuple(rows))


def _tornado(found: TenderComparison) -> Table:
    heads = ("Input", "Unit", "10 % less", "Lead", "First", "10 % more", "Lead then", "First then", "Turns")
    rows = (
        (
            *(each.input, each.unit, each.low.setting, each.low.lead, ", ".join(each.low.winners)),
            *(each.high.setting, each.high.lead, ", ".join(each.high.winners), _yes(each.turns)),
        )
        for each in found.tornado
    )
    return Table("Tornado", heads, tuple(rows))


def _delivered(found: TenderComparison) -> Table:
    names = list(found.delivered[0].node_hours)
    rows: list[tuple[Value, ...]] = []
    for each in found.delivered:
        hours: list[Value] = [each.node_hours[name] for name in names]
        price = each.price_per_mix
        rows.append(
            (each.bidder, *hours, each.node_hours_of_mix, each.mixes_per_year, price.amount, price.currency)
        )
    heads = ("Offer", *(f"{name} (node-hours)" for name in names), "Node-hours a mix", "Mixes a year")
    return Table("Delivered mix", (*heads, "Price a mix", "Currency"), tuple(rows))
