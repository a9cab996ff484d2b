"""BabelStream 3.4 to 6.0: its table or CSV, whose rates are the best of its repetitions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, texts
from millwright.results.tools.trouble import find_trouble

MB, MIB, GB, GIB = 10**6, 2**20, 10**9, 2**30
BYTES = {
    **{"MBytes/sec": MB, "MiBytes/sec": MIB, "MB/s": MB, "MiB/s": MIB, "GB/s": GB, "GiB/s": GIB},
    **{"mbytes_per_sec": MB, "mibytes_per_sec": MIB, "MB_per_sec": MB, "MiB_per_sec": MIB},
    **{"GB_per_sec": GB, "GiB_per_sec": GIB},
}
TABLE = re.compile(r"^Function +(\S+) +Min \(sec\) +Max +Average$")
ROW = re.compile(r"^(Copy|Mul|Add|Triad|Dot|Nstream) +(\S+) +(\d+\.\d{5}) +(\d+\.\d{5}) +(\d+\.\d{5})$")
CSV = re.compile(r"^function,num_times,n_elements,sizeof,max_(\w+),min_runtime,max_runtime,avg_runtime$")
CSV_ROW = re.compile(
    r"^(Copy|Mul|Add|Triad|Dot|Nstream),(\d{1,9}),(\d{1,15}),(\d{1,2}),([^,]+),([^,]+),([^,]+),([^,]+)$"
)
CLASSIC = ("Copy", "Mul", "Add", "Triad", "Dot")
COMPLETE = (CLASSIC, ("Triad",), ("Nstream",))
ARRAYS = {"Copy": 2, "Mul": 2, "Add": 3, "Triad": 3, "Dot": 2, "Nstream": 4}
VALUE = re.compile(r"^(Number of elements|Precision|Version): +(\S+)$")
BAD = ("Validation failed", "validation failed", "Error", "error:", "terminate called")
PRECISION = 5e-6
"""Half of the last digit of a time in the table."""


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    kernel: str
    gb_s: float | None
    seconds: float | None
    longest: float | None
    bytes: float | None
    """None where the output does not say how many elements there are."""
    slack: float

    @property
    def fits(self) -> bool:
        """Whether rate and shortest time agree as far as they are printed."""
        if self.gb_s is None or self.seconds is None or self.longest is None or self.gb_s <= 0:
            return False
        if not 0 <= self.seconds <= self.longest:
            return False
        if self.bytes is None:
            return True
        exact = self.bytes / self.gb_s * 1e-9
        return abs(exact - self.seconds) <= self.slack + 2e-3 * exact


def parse(evidence: Evidence) -> Parsed:
    """Read the table or CSV of each file."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    series: dict[tuple[str, str], list[float]] = defaultdict(list)
    versions: list[str] = []
    found = 0
    for text in files:
        for index, line in enumerate(text.lines):
            if any(mark in line for mark in BAD):
                faults.append(Fault(f"{text.at(index)}: {line.strip()[:120]}"))
        said = {match[1]: match[2] for line in text.lines if (match := VALUE.match(line))}
        versions += [said["Version"]] if "Version" in said else []
        rows, parameters = list(_rows(text, said)), _parameters(text, said)
        if not rows:
            continue
        found += 1
        faults += _check(text, rows)
        for row in rows:
            series[f"{row.kernel.lower()}_bw", parameters].append(row.gb_s or 0.0)
    if not found:
        faults.append(Fault("no table or CSV of BabelStream"))
    return Parsed(
        measurements=tuple(
            Measurement(metric, parameters, "GB/s", tuple(values))
            for (metric, parameters), values in series.items()
        ),
        faults=tuple(faults),
        version=", ".join(dict.fromkeys(versions)),
        remarks=("each rate is the best of the tool's repetitions",) if found else (),
    )


def _rows(text: ToolText, said: dict[str, str]) -> Iterator[_Row]:
    factor: int | None = None
    for index, line in enumerate(text.lines):
        if match := TABLE.match(line) or CSV.match(line):
            factor = BYTES.get(match[1])
        elif match := ROW.match(line):
            elements, size = number(said.get("Number of elements", "")), _size(said.get("Precision", ""))
            total = ARRAYS[match[1]] * elements * size if elements and size else None
            yield _row(text.at(index), match[1], factor, (match[2], match[3], match[4]), total, PRECISION)
        elif match := CSV_ROW.match(line):
            total = ARRAYS[match[1]] * float(match[3]) * float(match[4])
            yield _row(text.at(index), match[1], factor, (match[5], match[6], match[7]), total, 0.0)


def _row(  # noqa: PLR0913, PLR0917 - one argument a column
    place: str,
    kernel: str,
    factor: int | None,
    words: tuple[str, str, str],
    total: float | None,
    slack: float,
) -> _Row:
    rate, seconds, longest = map(number, words)
    gb_s = rate * factor / GB if rate is not None and factor is not None else None
    return _Row(place, kernel, gb_s, seconds, longest, total, slack)


def _size(precision: str) -> int:
    return {"double": 8, "float": 4}.get(precision, 0)


def _check(text: ToolText, rows: list[_Row]) -> Iterator[Fault]:
    kernels = tuple(row.kernel for row in rows)
    if kernels not in COMPLETE:
        yield Fault(f"{text.name}: has rows of {' '.join(kernels)[:80]}: not whole")
    if not text.is_ended:
        yield Fault(f"{text.name}: its last line has no end: the output was cut")
    for row in rows:
        if not row.fits:
            yield Fault(f"{row.place}: rate and time of {row.kernel} do not fit each other")


def _parameters(text: ToolText, said: dict[str, str]) -> str:
    csv = next((match for line in text.lines if (match := CSV_ROW.match(line))), None)
    elements = csv[3] if csv else said.get("Number of elements", "")
    precision = {"8": "double", "4": "float"}.get(csv[4], "") if csv else said.get("Precision", "")
    return join_parameters({"elements": elements, "precision": precision})
