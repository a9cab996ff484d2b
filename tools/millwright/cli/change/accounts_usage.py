"""How ``millwright accounts usage`` prints: a table, JSON, or CSV that a spreadsheet can't run."""

import csv
import datetime
import io
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.usage import AccessUsage, Usage
from millwright.core.errors import BadInputError, Problem
from millwright.results.tables import FORMULA_STARTS

COLUMNS = (
    *(
        "begin",
        "end",
        "account",
        "antenna",
        "access_mode",
        "share",
        "kind",
        "member_state",
        "unit",
        "hardware",
    ),
    *("granted", "used", "left"),
)

WIDTH = 120
"""Columns of the table; a cell that is cut names nothing."""

Period = tuple[datetime.datetime, datetime.datetime]


def chosen_period(usual: Period, begin: datetime.datetime | None, end: datetime.datetime | None) -> Period:
    """The days that were named, whole, in place of the usual ones; raises :exc:`BadInputError` for none."""
    first = begin.replace(tzinfo=datetime.UTC) if begin else usual[0]
    last = end.replace(tzinfo=datetime.UTC) + datetime.timedelta(days=1) if end else usual[1]
    last = min(last, usual[1])
    if first >= last:
        problem = f"{first:%Y-%m-%d} is not before {last:%Y-%m-%d %H:%M} UTC"
        raise BadInputError([Problem("--from", "-", problem, "a day before --to that has begun")])
    return first, last


def usage_data(usage: Usage) -> dict[str, object]:
    """The usage as plain data, with what is calculated from it."""
    return {
        "begin": usage.begin,
        "end": usage.end,
        "accounts": [asdict(each) for each in usage.accounts],
        "access": [{**asdict(each), "small_share": each.small_share} for each in usage.access],
        "union": [
            {
                **asdict(part),
                "of_used": part.of_used,
                "of_existing": part.of_existing,
                "is_above_ceiling": part.is_above_ceiling,
            }
            for part in usage.union
        ],
        "reference_unit": usage.reference_unit,
        "not_added": usage.not_added,
        "unknown": [asdict(row) for row in usage.unknown],
    }


def usage_csv(usage: Usage) -> str:
    """One line an account and kind of hour."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in usage.accounts:
        words = (usage.begin, usage.end, *_words(row))
        numbers = ("" if value is None else value for value in (row.granted, row.used, row.left))
        writer.writerow([*map(_inert, words), *numbers])
    return stream.getvalue()


def _words(row: AccountUsage) -> Iterable[str]:
    yield from (row.account, ", ".join(row.antennas), row.access_mode, row.share, row.kind, row.member_state)
    yield from (row.meter.unit, row.meter.hardware)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def print_usage(usage: Usage) -> None:
    """One line an antenna and access mode, then the Union's part."""
    console = Console(soft_wrap=True)
    console.width = max(console.width, WIDTH)
    console.print(Text(f"{usage.begin} to {usage.end}"))
    table = Table(
        *("Antenna", "Access mode", "Accounts", Column("Granted", justify="right")),
        *(Column(name, justify="right") for name in ("Used", "Left", "SMEs, start-ups (of used)")),
        "Unit",
        *([Column(f"Used ({usage.reference_unit})", justify="right")] if usage.reference_unit else []),
        box=None,
    )
    for row in usage.access:
        converted = (_hours(row.used_in_reference),) if usage.reference_unit else ()
        table.add_row(*map(Text, (*_cells(row), *converted)))
    console.print(table)
    for part in usage.union:
        line = (
            f"Union, {part.unit}: {part.of_existing:.2%} of the machine's time"
            f" ({_share(part.of_used)} of what was used);"
            f" declared {part.declared:.0%}, ceiling {part.ceiling:.0%}"
        )
        console.print(Text(line, style="bold red" if part.is_above_ceiling else ""))
    if usage.not_added:
        console.print(Text(f"not added up: {usage.not_added}", style="yellow"))
    for unknown in usage.unknown:
        where = f"partition {unknown.partition!r}, account {unknown.account}"
        console.print(
            Text(f"not counted: {unknown.seconds} s on {where}: not in the facility", style="yellow")
        )


def _cells(row: AccessUsage) -> tuple[str, ...]:
    return (
        row.antenna or "none",
        row.access_mode,
        str(row.accounts),
        _hours(row.granted),
        _hours(row.used),
        _hours(row.left),
        _share(row.small_share),
        str(row.meter),
    )


def _hours(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
