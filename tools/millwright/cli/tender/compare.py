"""``millwright tender compare``."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.tender.compare import Outputs, compare_offers
from millwright.app.tender.comparison import BarEnd, FormulaLine, TenderComparison
from millwright.cli.options import AsJson
from millwright.cli.output import console, context, print_json
from millwright.cli.tender.check import head_line, rejection_lines
from millwright.cli.tender.money import amount, number, show
from millwright.cli.tender.options import TenderName

NONE = "-"


def command(
    tender: TenderName,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook as well.", dir_okay=False)] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page as well.", dir_okay=False)] = None,
    bidder: Annotated[
        str | None, typer.Option("--for", help="Show this bidder's figures and the first offer's only.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show all offers side by side: who is rejected and why, the ranking, and how firm it is.

    Exit code 1 if no offer is admissible.

    Example: millwright tender compare lighthouse --xlsx comparison.xlsx
    """
    with context() as here:
        found = compare_offers(here, tender, Outputs(xlsx, html), bidder=bidder)
    if as_json:
        print_json(found)
    else:
        for part in _parts(found):
            console().print(Text(part) if isinstance(part, str) else part)
        for written in filter(None, (found.xlsx, found.html)):
            console().print(Text(f"written: {written}"))
    raise typer.Exit(found.exit_code)


def _parts(found: TenderComparison) -> Iterator[str | Table]:
    yield head_line(found.tender)
    deadline = found.tender.deadline.isoformat()
    yield f"{found.tender.law}; published {found.tender.published}, deadline {deadline}"
    if found.redacted_for:
        yield f"For {found.redacted_for}: other offers that are not shown: {found.withheld}"
    yield from _formula_lines(found.formula)
    yield from _rejected(found)
    if not found.winners:
        yield "No offer is admissible."
        return
    yield from _ranking(found)
    yield from _index(found)
    yield from _firmness(found)
    yield from _delivered(found)
    yield from _low(found)


def _formula_lines(formula: FormulaLine) -> Iterator[str]:
    weights = f", {number(formula.quality_weight)} quality + {number(formula.price_weight)} price"
    yield f"Formula: {formula.name}: {formula.text}{'' if formula.lowest_wins else weights}"
    marks = "the best offer" if formula.full_marks is None else f"{number(formula.full_marks)}"
    yield f"Quality by {formula.quality_by}; {marks} has 100 points"
    for name, money in (("ceiling", formula.ceiling), ("floor", formula.floor)):
        if money:
            yield f"Price {name} {show(money)}"
    if formula.euro_per_point:
        yield f"A point of quality is worth {show(formula.euro_per_point)}"
    if formula.is_relative:
        yield "Points of an offer depend on other offers: see the ranking without each losing offer."


def _rejected(found: TenderComparison) -> Iterator[str]:
    for each in found.offers:
        if not each.admissible:
            yield f"\nREJECTED {each.bidder} ({each.title}):"
            yield from rejection_lines(each)


def _ranking(found: TenderComparison) -> Iterator[str | Table]:
    yield "\nRanking"
    titles = {each.bidder: each.title for each in found.offers}
    rows = [
        (
            str(each.rank),
            each.bidder,
            titles[each.bidder],
            show(each.price),
            number(each.quality_points),
            number(each.price_points),
            amount(each.total) if found.formula.lowest_wins else number(each.total),
        )
        for each in found.ranking
    ]
    yield _table(("Rank", "Offer", "Bidder", "Price", "Quality points", "Price points", "Total"), rows)


def _index(found: TenderComparison) -> Iterator[str | Table]:
    yield "\nIndex: geometric mean of the ratios to the reference, by weight"
    heads = ["Criterion", "Weight", "Reference", "Unit", "Better"]
    heads += [f"{each.bidder} {word}" for each in found.indexes for word in ("commits", "ratio")]
    rows = []
    for at, each in enumerate(found.criteria):
        cells = [each.title, f"{each.share:.1%}", number(each.reference), each.unit, each.better]
        for index in found.indexes:
            cells += [number(index.parts[at].committed), number(index.parts[at].ratio)]
        rows.append(cells)
    totals = [cell for index in found.indexes for cell in ("", number(index.index))]
    rows.append(["Index", "", "", "", "", *totals])
    yield _table(heads, rows)
    for index in found.indexes:
        warning = ", BELOW THE REFERENCE" if index.below_one else ""
        yield f"{index.bidder}: smallest ratio {number(index.smallest_ratio)} in {index.smallest}{warning}"


def _firmness(found: TenderComparison) -> Iterator[str | Table]:
    yield from _left_out(found)
    yield from _crossings(found)
    if found.tornado:
        yield "\nTornado: each input alone at 10 % less and more, by its effect on the lead of the winner"
        bars = [(each.input, *_end(each.low), *_end(each.high)) for each in found.tornado]
        yield _table(("Input", "at", "lead", "wins", "at", "lead", "wins"), bars)


def _left_out(found: TenderComparison) -> Iterator[str | Table]:
    if found.redacted_for is None:
        yield "\nRanking without each losing offer"
        rows = [
            (
                each.without,
                " > ".join(each.order),
                ", ".join(f"{first} and {second}" for first, second in each.turned) or "nothing",
            )
            for each in found.left_out
        ]
        yield _table(("Without", "Order", "Turns"), rows)
    if found.depends_on_losers:
        yield "RANK REVERSAL: the order of two offers depends on one that does not win."
    for name, order in found.other_formulas.items():
        yield f"By {name} the order would be {' > '.join(order)}"


def _crossings(found: TenderComparison) -> Iterator[str | Table]:
    if found.crossings:
        yield "\nWhere two offers change places"
        heads = ["Offers", *(f"at weight of {each.name}" for each in found.criteria), "at tariff (EUR/kWh)"]
        crossings = [
            (
                f"{each.one}, {each.other}",
                *(number(each.weights.get(criterion.name)) for criterion in found.criteria),
                number(each.tariff_eur_per_kwh),
            )
            for each in found.crossings
        ]
        yield _table(heads, crossings)
    energy = (f"{each.bidder} {each.energy_mwh:,.0f} MWh" for each in found.energy)
    years = found.energy[0].years
    yield f"Energy at the meter in {years} years: {', '.join(energy)}"


def _end(end: BarEnd) -> tuple[str, str, str]:
    return number(end.setting), number(end.lead), ", ".join(end.winners)


def _delivered(found: TenderComparison) -> Iterator[str | Table]:
    if not found.delivered:
        return
    yield "\nDelivered reference mix (sum of node-hours)"
    heads = ["Offer", *found.delivered[0].node_hours, "Node-hours a mix", "Mixes a year", "Price a mix"]
    yield _table(
        heads,
        [
            (
                each.bidder,
                *(number(hours) for hours in each.node_hours.values()),
                number(each.node_hours_of_mix),
                number(each.mixes_per_year),
                show(each.price_per_mix),
            )
            for each in found.delivered
        ],
    )
    if found.order_by_index != found.order_by_delivered:
        orders = (" > ".join(order) for order in (found.order_by_index, found.order_by_delivered))
        yield "Index and delivered work order the offers differently: {} and {}".format(*orders)


def _low(found: TenderComparison) -> Iterator[str]:
    rule = f"more than {found.abnormally_low_share:.0%} below the mean of the others"
    if not found.abnormally_low and found.redacted_for is None:
        yield f"\nNo abnormally low offer ({rule})."
    for each in found.abnormally_low:
        explained = f"explained: {each.explanation}" if each.explanation else "NOT EXPLAINED"
        yield f"\nABNORMALLY LOW {each.bidder}: {show(each.price)} is {rule}; {explained}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None)
    for head in heads:
        table.add_column(Text(head))
    for row in rows:
        table.add_row(*(Text(cell or NONE) for cell in row))
    return table
