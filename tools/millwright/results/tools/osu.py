"""OSU micro-benchmarks, 5.x to 7.x: point-to-point, collective and one-sided tests.

Every table is headed by ``# OSU <title> Test v<version>`` and a line of column names. No table has an end
mark: whether one is whole follows from its last message size, which is the largest power of two up to ``-m``
of the command line, or up to the test's default if the command line does not set it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.osu_tables import COLUMNS, SIZE, VERDICT, Table, read_tables
from millwright.results.tools.text import launched_ranks, number, option, options_of, texts
from millwright.results.tools.trouble import find_trouble

LARGEST = 1 << 22
LARGEST_COLLECTIVE = 1 << 20
ATOMIC = re.compile(r"Fetch_and_op|Compare_and_swap", re.IGNORECASE)
"""Tests of one message size, 8 bytes."""
POINT_TO_POINT = re.compile(
    r"^(?:\S+ )?(?:Persistent |Partitioned |Congestion )*"
    r"(?:(?:Multi |Multi-threaded |Multi-process )?Latency|(?:Multiple |Bi-Directional )?Bandwidth"
    r"|MPI_?(?:Put|Get|Acc|Fetch|Compare).*)(?: .*)?$"
    r"|(?:Put|Get|Accumulate|Get_accumulate) (?:Latency|latency|Bandwidth|Bi-directional)"
)
SMALLEST = frozenset({0, 1, 2, 4, 8, 16})
"""First size of a table: 0, 1, or the size of its datatype."""
ALL_TYPES = 3
"""Datatypes of ``-T all``."""


def parse(evidence: Evidence) -> Parsed:
    """Read every table of every file; files without one (standard error) are searched for trouble."""
    files = texts(evidence)
    words = options_of(evidence.command, "osu_")
    faults = list(find_trouble(files))
    tables: list[Table] = []
    for text in files:
        found, wrong = read_tables(text)
        tables += found
        faults += wrong
    for table in tables:
        faults += _check(table, words)
    faults += _check_types(tables, words)
    if not tables:
        faults.append(Fault("no table of an OSU micro-benchmark"))
    return Parsed(
        measurements=tuple(_measure(tables, evidence.command)),
        faults=tuple(faults),
        version=", ".join(dict.fromkeys(table.version for table in tables)),
    )


def _check(table: Table, words: tuple[str, ...]) -> Iterator[Fault]:
    if not table.columns:
        return
    if not table.rows:
        yield Fault(f"{table.place}: a table without a row")
        return
    names = table.names
    if wrong := [row for row in table.rows if len(row) != len(names)]:
        shown = " ".join(wrong[0])[:100]
        yield Fault(f"{table.place}: {len(wrong)} rows do not have {len(names)} columns: {shown}")
        return
    if VERDICT in names:
        at = names.index(VERDICT)
        yield from (
            Fault(f"{table.place}: validation of size {row[0]}: {row[at]}")
            for row in table.rows
            if row[at] != "Pass"
        )
    if any(
        word in {"Pass", "Fail"}
        for row in table.rows
        for name, word in zip(names, row, strict=True)
        if name != VERDICT
    ):
        yield Fault(f"{table.place}: a word instead of a number")
    if "min_latency" in names and "max_latency" in names and "latency" in names:
        yield from _check_order(table, names)
    if SIZE in names:
        yield from _check_sizes(table, [row[names.index(SIZE)] for row in table.rows], words)
    elif len(table.rows) > 1:
        yield Fault(f"{table.place}: {len(table.rows)} rows of a test that prints one")


def _check_order(table: Table, names: list[str]) -> Iterator[Fault]:
    low, mean, high = (names.index(name) for name in ("min_latency", "latency", "max_latency"))
    for row in table.rows:
        a, b, c = number(row[low]), number(row[mean]), number(row[high])
        if a is not None and b is not None and c is not None and not a <= b <= c:
            yield Fault(f"{table.place}: the mean of size {row[0]} is not between its minimum and maximum")


def _check_sizes(table: Table, words: list[str], options: tuple[str, ...]) -> Iterator[Fault]:
    if not all(word.isascii() and word.isdigit() for word in words):
        yield Fault(f"{table.place}: a size that is no whole number")
        return
    sizes = [int(word[:20]) for word in words]
    asked = _asked(table.title, options)
    first, last = sizes[0], sizes[-1]
    if not all(b == (2 * a or 1) for a, b in pairwise(sizes)):
        yield Fault(f"{table.place}: sizes do not double from row to row: lines are missing or mixed")
    if first not in SMALLEST and first != asked.smallest:
        yield Fault(f"{table.place}: begins at size {first}: its first rows are missing")
    if last <= asked.largest < 2 * last or (last == asked.largest == 0):
        return
    known = f"{asked.why} asks for sizes up to {asked.largest}"
    hint = "" if options else "; if no more was asked for, give the command line"
    yield Fault(
        f"{table.place}: ends at size {last}, but {known}: rows up to {last} are there, the rest is cut{hint}"
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    smallest: int
    largest: int
    why: str


def _asked(title: str, options: tuple[str, ...]) -> _Asked:
    """Message sizes that a test was asked for."""
    if ATOMIC.search(title):
        return _Asked(8, 8, "this test")
    largest = LARGEST if POINT_TO_POINT.search(title) else LARGEST_COLLECTIVE
    given = option(options, "-m", "--message-size")
    if given is None:
        return _Asked(0, largest, "the command line" if options else "the test's default")
    low, colon, high = given.rpartition(":")
    smallest = int(low) if low.isascii() and low.isdigit() else 0
    if high.isascii() and high.isdigit():
        largest = int(high[:20])
    elif not (colon and not high):
        largest = -1
    return _Asked(smallest, largest, f"-m {given}")


def _check_types(tables: Sequence[Table], words: tuple[str, ...]) -> Iterator[Fault]:
    """The tables that ``-T`` asks for, one a datatype."""
    given = option(words, "-T", "--type")
    if given is None or not tables:
        return
    wanted = ALL_TYPES if given == "all" else len(given.split(","))
    found = {table.settings.get("datatype", "") for table in tables}
    if len(found) < wanted:
        yield Fault(f"tables of {len(found)} datatypes, but -T {given} asks for {wanted}: the output was cut")


def _measure(tables: Iterable[Table], command: str) -> Iterator[Measurement]:
    """One series a metric and size; the tables of one test that ran several times are its repetitions."""
    series: dict[tuple[str, str, str], list[float]] = {}
    ranks = launched_ranks(command, "osu_")
    for table in tables:
        api, _, test = table.title.partition(" ")
        shared = {"ranks": ranks, **table.settings, "api": api, "test": test.replace(" ", "-")}
        if not table.columns:
            for name, word in zip(("min_time", "max_time", "time"), table.rows[0], strict=True):
                series.setdefault((name, join_parameters(shared), "ms"), []).append(float(word))
            continue
        names = [COLUMNS[column] for column in table.columns]
        for row in table.rows:
            if len(row) != len(names):
                continue
            cells = [(name, unit, word) for (_, name, unit), word in zip(names, row, strict=True)]
            size = next((word for name, _, word in cells if name == SIZE), "")
            parameters = join_parameters({**shared, "size": size})
            for name, unit, word in cells:
                if unit and (value := number(word)) is not None:
                    series.setdefault((name, parameters, unit), []).append(value)
    for (metric, parameters, unit), values in series.items():
        yield Measurement(metric, parameters, unit, tuple(values))
