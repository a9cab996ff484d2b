"""Values of blocks as a reader writes them, for every format that is read rather than computed with."""

import datetime

from millwright.report.blocks import (
    Absent,
    Exhibits,
    Judged,
    Moment,
    Number,
    Pair,
    References,
    Share,
    Text,
    Value,
)
from millwright.report.labels import Words, look_up
from millwright.report.numbers import write_exact, write_number, write_share

PERCENT = "\u202f%"


def moment(text: str) -> str:
    """An ISO 8601 time as a reader writes it; other text unchanged.

    >>> moment("2026-11-23T17:02:11Z")
    '2026-11-23 17:02:11 UTC'
    """
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    if time.tzinfo is None:
        return time.strftime("%Y-%m-%d %H:%M:%S")
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def write_value(value: float, places: int | None) -> str:
    """A number at so many decimals, or as it was stated."""
    return write_exact(value) if places is None else write_number(value, places)


def word_number(number: Number) -> str:
    """A number with its relation and its unit."""
    unit = f"\u00a0{number.unit}" if number.unit else ""
    return f"{number.prefix}{write_value(number.value, number.places)}{unit}"


def word_value(value: Value, words: Words) -> str:  # noqa: PLR0911 - one line for each kind of value
    """Any value as text."""
    match value:
        case Text(text) | Absent(text):
            return text
        case Number():
            return word_number(value)
        case Share(share, signed):
            return write_share(share, signed=signed) + PERCENT
        case Pair(first, second, join, places):
            between = look_up(words, f"document.{join}_")
            return f"{write_value(first, places)} {between} {write_value(second, places)}"
        case Judged(verdict):
            return str(words["verdicts"][verdict or "NONE"]["name"])
        case Moment(time):
            return moment(time)
        case Exhibits(labels) | References(labels):
            return ", ".join(label for label, _ in labels) or str(look_up(words, "document.none"))
