"""Which cell of the bid form holds what: the writer and the reader both follow this.

A row asks for one value; what has to be stated with it (precision, source, date) is in the columns beside it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from millwright.checks.declaration import Better
from millwright.tenders.model import Asked, Benchmark, Requirement, Tender

BID, HELP = "Bid", "Instructions"
HEADS = (
    *("Key", "What is asked", "Value", "Unit", "Asked", "Precision", "Sparsity", "Kind"),
    *("Source", "Date", "Note"),
)
FIRST_ROW = 9
"""Of the values; the row above has the heads."""
VALUE = "C"
FORM = "millwright-bid-form/1"


class Kind(StrEnum):
    """Type of a value."""

    TEXT = "text"
    AMOUNT = "amount"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the form."""

    key: str
    """Dotted path in the offer."""
    title: str
    kind: Kind
    unit: str = ""
    asked: str = ""
    beside: tuple[str, ...] = ()
    """Columns to fill in beside the value, by their head in lower case."""
    optional: bool = False
    """May stay empty."""
    note: str = ""
    number: int = 0
    """Row of the sheet, from 1."""

    def cell(self, head: str) -> str:
        """The cell of a column, by its head in lower case."""
        return f"{column_of(head)}{self.number}"


def column_of(head: str) -> str:
    """Letter of a column, by its head in lower case."""
    return "ABCDEFGHIJK"[[each.lower() for each in HEADS].index(head)]


def head_cells(tender: Tender) -> dict[str, str | int]:
    """The cells above the values that identify the form."""
    return {
        "A1": f"Bid form: {tender.title}",
        "A2": "Tender",
        "B2": tender.tender,
        "A3": "Form version",
        "B3": tender.form_version,
        "A4": "SHA-256 of the form's questions",
        "B4": form_sha256(tender),
        "A5": "Deadline",
        "B5": tender.deadline.isoformat(),
        "A6": "Currency",
        "B6": "EUR, without value-added tax",
        "A7": "Form",
        "B7": FORM,
    }


def form_sha256(tender: Tender) -> str:
    """SHA-256 of everything that a bidder is asked: another question makes another form."""
    asked = {"tender", "form_version", "lots", "benchmarks", "mandatory", "workloads", "award"}
    content = tender.model_dump(mode="json", by_alias=True, include=asked)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def rows_of(tender: Tender) -> tuple[Row, ...]:
    """Every row of the form, in order."""
    return tuple(replace(row, number=number) for number, row in enumerate(_rows(tender), start=FIRST_ROW))


def _rows(tender: Tender) -> Iterator[Row]:
    stated = ("source", "date")
    yield Row("bidder", "Short name: small letters, digits, - and _, at most 32", Kind.TEXT)
    yield Row("title", "Name of the bidder", Kind.TEXT)
    yield Row("price", "Total price", Kind.AMOUNT, "EUR", _price_limit(tender), stated)
    yield Row("nodes", "Nodes", Kind.COUNT, "nodes")
    yield Row("power", "Average power of the IT equipment under load", Kind.AMOUNT, "kW", beside=stated)
    asked: dict[str, Asked] = {**tender.mandatory, **tender.benchmarks}
    for name, each in asked.items():
        beside = (*("precision", "sparsity") * bool(each.rate), "kind", *stated)
        title, limit = f"{each.title or name} ({each.source})", _asked(tender, each)
        yield Row(f"committed.{name}", title, Kind.AMOUNT, each.unit, limit, beside, note=_note(each))
    for name, workload in tender.workloads.items():
        key, title = f"workloads.{name}", f"{workload.title or name} ({workload.source})"
        yield Row(f"{key}.nodes", f"{title}: nodes of one job", Kind.COUNT, "nodes")
        yield Row(f"{key}.time", f"{title}: time of one job", Kind.AMOUNT, "h", beside=stated)
        yield Row(f"{key}.kind", f"{title}: how the time is known", Kind.TEXT, note="measured times only")
    low = f"Explanation of a price more than {tender.award.abnormally_low:.0%} below the others"
    yield Row("explanation", low, Kind.TEXT, optional=True)


def _price_limit(tender: Tender) -> str:
    ceiling = tender.award.ceiling_eur
    return "" if ceiling is None else f"at most {ceiling:f}"


def _asked(tender: Tender, each: Asked) -> str:
    if isinstance(each, Requirement):
        return f"{'at least' if each.better is Better.HIGHER else 'at most'} {each.limit:f}, or rejected"
    if isinstance(each, Benchmark):
        share = each.weight / sum(other.weight for other in tender.benchmarks.values())
        return f"{each.better.value} is better, weight {share:.1%}, reference {each.reference:f}"
    return ""


def _note(each: Asked) -> str:
    if each.rate is None:
        return "measured values only"
    return f"{each.rate.precision}, {each.rate.sparsity}, {each.rate.kind}; anything else is rejected"
