"""Usage as CSV that a spreadsheet does not run, and the period that a user names."""

import csv
import datetime
import io
from collections.abc import Iterable

from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.usage import Usage
from millwright.core.errors import BadInputError, Problem
from millwright.results.tables import FORMULA_STARTS

COLUMNS = (
    *("begin", "end", "account", "antenna", "access_mode", "share", "kind", "member_state"),
    *("unit", "hardware", "granted", "used", "left"),
)

Period = tuple[datetime.datetime, datetime.datetime]


def chosen_period(usual: Period, begin: datetime.datetime | None, end: datetime.datetime | None) -> Period:
    """The named days, whole, in place of the usual ones; raises :exc:`BadInputError` if it has no time."""
    first = begin.replace(tzinfo=datetime.UTC) if begin else usual[0]
    last = end.replace(tzinfo=datetime.UTC) + datetime.timedelta(days=1) if end else usual[1]
    last = min(last, usual[1])
    if first >= last:
        problem = f"{first:%Y-%m-%d} is not before {last:%Y-%m-%d %H:%M} UTC"
        raise BadInputError(
            [Problem("--from", "-", problem, "a day before --to that has begun", code="MW2206")]
        )
    return first, last


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
