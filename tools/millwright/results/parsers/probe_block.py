"""Many lines of the probe protocol at once, for those that look exactly as our probes print them.

Such a line is cut into pieces around its numbers::

    {"metric":"bw","value | ":11.9, | "unit":"GB/s","rep | ":0, | "node":"n1","device":"","started | ":1.5}

Of the pieces without a measured number a block holds few different ones, so each of these is matched in
Python, and numbers are matched against the grammar of JSON by Arrow. A line all of whose pieces match is
proven regular; every other line is left to :mod:`millwright.results.parsers.probe_line`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from millwright.checks.declaration import Metric
from millwright.results.parsers.probe_line import DEVICE, LATEST, MAX_REP, PLACE, matches

NEWLINE, QUOTE, BRACE = 10, 34, 123
PLAIN = bytes(sorted({NEWLINE, *range(0x20, 0x7F)} - {ord("\\")}))
"""Bytes of a regular line: ASCII that needs no escape in JSON."""
LONGEST = 8192
"""Bytes of a regular line, at most."""

METRIC = re.compile(r'\{"metric": ?"([^"]*)", ?"value')
UNIT = re.compile(r'"unit": ?"([^"]*)", ?"rep')
REP = re.compile(r'": ?(0|[1-9][0-9]{0,6}), ?')
PLACE_AND_END = re.compile(r'"node": ?"([^"]*)", ?"device": ?"([^"]*)"\}\n')
PLACE_AND_START = re.compile(r'"node": ?"([^"]*)", ?"device": ?"([^"]*)", ?"started')
NUMBER = r'^": ?-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?, ?$'
SECONDS = r'^": ?(0|[1-9][0-9]{0,11})(\.[0-9]+)?\}\n$'
AROUND = '": ,}\n'

QUOTES, QUOTES_WITH_START = 20, 22
CUTS = (5, 6, 11, 12)
"""Quotation marks, counted from 0, at which the pieces of a line begin."""
CUT_BEFORE_START = 21

Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Rows = NDArray[np.bool_]
N = TypeVar("N", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a block that start with ``{``."""

    start: Places
    end: Places
    """Behind the line, at its newline."""
    number: Places
    """Counted from 0 within the block."""
    quotes: Places
    """Where the block's quotation marks are."""
    first_quote: Places
    """Index into `quotes`, one a line."""
    quote_count: Places
    """Quotation marks of the line; 0 for lines that can't be regular."""


@dataclass(frozen=True, slots=True, eq=False)
class Regular:
    """Samples of regular lines; names are (codes, what each code stands for)."""

    line: Places
    """Index into :class:`Lines`."""
    metric: tuple[Codes, tuple[str, ...]]
    node: tuple[Codes, tuple[str, ...]]
    device: tuple[Codes, tuple[str, ...]]
    rep: Codes
    value: Floats
    started: Floats | None


def find_lines(block: bytes) -> tuple[Lines, int]:
    """Find the lines of a block that ends with a newline; also how many lines it has."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == NEWLINE)
    starts = np.concatenate(([0], ends[:-1] + 1))
    number = np.flatnonzero(data[starts] == BRACE)
    start, end = starts[number], ends[number]
    quotes = np.flatnonzero(data == QUOTE)
    before = np.concatenate(([0], np.searchsorted(quotes, ends)))
    first = before[number]
    count = before[number + 1] - first
    count[end - start > LONGEST] = 0
    if block.translate(None, PLAIN):
        strange = np.flatnonzero(~np.isin(data, np.frombuffer(PLAIN, np.uint8)))
        count[_lines_of(strange, start, end)] = 0
    return Lines(start, end, number, quotes, first, count), len(ends)


def _lines_of(positions: Places, start: Places, end: Places) -> Places:
    """Lines that hold any of these positions."""
    if not len(start):
        return start
    found = np.searchsorted(start, positions, side="right") - 1
    return np.unique(found[(found >= 0) & (positions < end[found])])


def read_regular(block: bytes, lines: Lines, metrics: Mapping[str, Metric]) -> Iterator[Regular]:
    """Samples of all lines that are proven regular."""
    for quotes in (QUOTES, QUOTES_WITH_START):
        chosen = np.flatnonzero(lines.quote_count == quotes)
        if chosen.size:
            yield _prove(_cut(block, lines, chosen, has_start=quotes == QUOTES_WITH_START), chosen, metrics)


def _cut(block: bytes, lines: Lines, chosen: Places, *, has_start: bool) -> list[pa.Array]:
    """The pieces of the chosen lines, one array for each place in the line."""
    cuts = (*CUTS, CUT_BEFORE_START) if has_start else CUTS
    first = lines.first_quote[chosen]
    bounds = np.empty((len(chosen), len(cuts) + 2), dtype=np.int32)
    bounds[:, 0] = lines.start[chosen]
    for column, cut in enumerate(cuts, start=1):
        bounds[:, column] = lines.quotes[first + cut]
    bounds[:, -1] = lines.end[chosen] + 1
    width = bounds.shape[1]  # one piece more than a line has: what comes between it and the next
    offsets = np.append(bounds.ravel(), np.int32(len(block)))
    pieces = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(block))
    return [pieces.take(_arrow(np.arange(column, len(pieces), width))) for column in range(width - 1)]


def _prove(pieces: list[pa.Array], chosen: Places, metrics: Mapping[str, Metric]) -> Regular:
    has_start = len(pieces) > len(CUTS) + 1
    ok = np.ones(len(chosen), dtype=bool)
    metric, metric_names = _match(pieces[0], METRIC, ok, lambda found: found[1] in metrics)
    unit, unit_names = _match(pieces[2], UNIT, ok, lambda _: True)
    rep, rep_names = _match(pieces[3], REP, ok, lambda found: int(found[1]) <= MAX_REP)
    form = PLACE_AND_START if has_start else PLACE_AND_END
    place, places = _match(pieces[4], form, ok, _is_place)
    wanted = {found[1]: metrics[found[1]].unit for found in metric_names if found}
    units = {found[1]: code for code, found in enumerate(unit_names) if found}
    ok &= _lookup(metric_names, lambda found: units.get(wanted[found[1]], -1), -1)[metric] == unit
    value = _numbers(pieces[1], NUMBER, ok)
    ok &= np.isfinite(value)
    started = _numbers(pieces[5], SECONDS, ok) if has_start else None
    if started is not None:
        ok &= started < LATEST  # NaN is not
    keep = slice(None) if ok.all() else ok
    return Regular(
        line=chosen[keep],
        metric=(metric[keep], tuple(found[1] if found else "" for found in metric_names)),
        node=(place[keep], tuple(found[1] if found else "" for found in places)),
        device=(place[keep], tuple(found[2] if found else "" for found in places)),
        rep=_lookup(rep_names, lambda found: int(found[1]), 0)[rep[keep]],
        value=value[keep] + 0.0,  # no -0.0
        started=None if started is None else started[keep],
    )


Matches = list[re.Match[str] | None]


def _match(
    column: pa.Array, form: re.Pattern[str], ok: Rows, is_good: Callable[[re.Match[str]], bool]
) -> tuple[Codes, Matches]:
    """Match each different text of a column; clears `ok` in rows that don't."""
    encoded = column.dictionary_encode()
    codes = _array(encoded.indices, np.int32)
    found = [form.fullmatch(text) for text in encoded.dictionary.to_pylist()]
    matched = [one if one and is_good(one) else None for one in found]
    if not all(matched):
        ok &= np.array([one is not None for one in matched])[codes]
    return codes, matched


def _is_place(found: re.Match[str]) -> bool:
    return matches(PLACE, found[1]) and matches(DEVICE, found[2])


def _lookup(found: Matches, number: Callable[[re.Match[str]], int], otherwise: int) -> Codes:
    return np.array([number(one) if one else otherwise for one in found], dtype=np.int32)


def _numbers(column: pa.Array, form: str, ok: Rows) -> Floats:
    """Numbers of pieces such as ``":11.9,``; NaN for pieces of another form."""
    good = pc.match_substring_regex(column, form)
    digits = pc.ascii_trim(column, characters=AROUND)
    if not (pc.all(good).as_py() and ok.all()):
        digits = pc.if_else(pc.and_(good, _arrow(ok)), digits, "nan")
    return _array(pc.cast(digits, pa.float64()), np.float64)


def _arrow(values: Places | Rows) -> pa.Array:
    """As an array of Arrow's; unlike its own way, without loading pandas."""
    if values.dtype == np.bool_:
        packed = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed)])
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def _array(column: pa.Array, kind: type[N]) -> NDArray[N]:
    """The values of an array without nulls, likewise."""
    values: NDArray[N] = np.frombuffer(column.buffers()[1], kind)
    return values[column.offset : column.offset + len(column)]
