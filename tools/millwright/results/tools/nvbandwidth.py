"""nvbandwidth 0.4 and later: its text. Each cell of a test's matrix is a series; they add up to its sum."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, texts
from millwright.results.tools.trouble import find_trouble

VERSION = re.compile(r"^nvbandwidth Version: v?(\S+)$")
RUNNING = re.compile(r"^Running ([a-z][a-z0-9_]{1,80})\.$")
TITLE = re.compile(r"^memcpy .* bandwidth \(GB/s\)$|^memory latency .* \((ns)\)$")
HEADER = re.compile(r"^(?: +\d{1,3})+$")
ROW = re.compile(r"^ *(\d{1,3})((?: +(?:\d+\.\d+|N/A))+)$")
SUM = re.compile(r"^SUM ([a-z][a-z0-9_]{1,80}) (\S+)$")
BAD = re.compile(r"^(?:ERROR|Error|\[.*error)|CUDA_ERROR_|cudaError|Verification failed|data mismatch")


@dataclass(slots=True)
class _Test:
    place: str
    name: str
    unit: str = ""
    columns: tuple[str, ...] = ()
    cells: dict[tuple[str, str], float] = field(default_factory=dict)
    total: float | None = None
    is_waived: bool = False
    faults: list[str] = field(default_factory=list)


def parse(evidence: Evidence) -> Parsed:
    """Read every test of every file."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    tests: list[_Test] = []
    versions: list[str] = []
    for text in files:
        versions += [match[1] for line in text.lines if (match := VERSION.match(line))]
        own = list(_read(text))
        for index, line in enumerate(text.lines):
            if BAD.search(line):
                faults.append(Fault(f"{text.at(index)}: {line[:120]}"))
        if own and not text.is_ended:
            faults.append(Fault(f"{text.name}: its last line has no end: the output was cut"))
        tests += own
    names = [test.name for test in tests]
    for test in tests:
        faults += [Fault(f"{test.place}: {test.name}: {why}") for why in _check(test, names.count(test.name))]
    if not tests:
        faults.append(Fault("no test of nvbandwidth"))
    return Parsed(
        tuple(one for test in tests for one in _measure(test)),
        tuple(faults),
        version=", ".join(dict.fromkeys(versions)),
    )


def _read(text: ToolText) -> Iterator[_Test]:
    test: _Test | None = None
    for index, line in enumerate(text.lines):
        if match := RUNNING.match(line):
            if test is not None:
                yield test
            test = _Test(text.at(index), match[1])
        elif test is None:
            continue
        elif match := TITLE.match(line):
            test.unit = match[1] or "GB/s"
        elif HEADER.match(line) and test.unit and not test.columns:
            test.columns = tuple(line.split())
        elif (match := ROW.match(line)) and test.columns:
            _take_row(test, match[1], match[2].split())
        elif match := SUM.match(line):
            if match[1] != test.name or test.total is not None:
                test.faults.append("the sum of another test follows")
            test.total = number(match[2])
        elif line.startswith("Waived:") and not test.unit:
            test.is_waived = True
    if test is not None:
        yield test


def _take_row(test: _Test, row: str, words: list[str]) -> None:
    if len(words) != len(test.columns) and not (words and len(words) <= len(test.columns)):
        test.faults.append(f"row {row} has {len(words)} of {len(test.columns)} columns")
        return
    for column, word in zip(test.columns, words, strict=False):
        value = number(word)
        if (row, column) in test.cells:
            test.faults.append(f"row {row} occurs twice")
        if value is not None:
            test.cells[row, column] = value


def _check(test: _Test, count: int) -> Iterator[str]:
    yield from test.faults
    if count > 1:
        yield "occurs more than once"
    if test.is_waived:
        return
    if test.total is None or not test.cells:
        yield "has no sum: the output was cut"
    elif abs(sum(test.cells.values()) - test.total) > 0.0051 * (len(test.cells) + 1):
        yield f"its cells add up to {sum(test.cells.values()):.2f}, the sum says {test.total:.2f}"


def _measure(test: _Test) -> Iterator[Measurement]:
    is_latency = test.unit == "ns"
    for (row, column), value in test.cells.items():
        named = {"test": test.name, "row": row, "column": column}
        metric = "latency" if is_latency else "bandwidth"
        yield Measurement(metric, join_parameters(named), test.unit, (value,))
