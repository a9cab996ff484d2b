"""HPL 2.1 to 2.3: standard output or ``HPL.out``.

A test counts if its scaled residual passed and its rate is that of its size and time; the run counts if its
last section lists every test as passed.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, texts
from millwright.results.tools.trouble import find_trouble

VERSION = re.compile(r"^HPLinpack (\S+) ")
ROW = re.compile(r"^(W[RC]\w{6,12}) +(\d{1,10}) +(\d{1,6}) +(\d{1,7}) +(\d{1,7}) +(\d+\.\d\d) +(\S+)$")
PASSED = re.compile(r"^\|\|Ax-b\|\|.*= +\S+ \.{6} PASSED$")
FINISHED = re.compile(r"^Finished +(\d+) tests with the following results:$")
COUNTS = (
    re.compile(r"^ +(\d+) tests completed and passed residual checks,$"),
    re.compile(r"^ +(\d+) tests completed and failed residual checks,$"),
    re.compile(r"^ +(\d+) tests skipped because of illegal input values\.$"),
)
END = "End of Tests."
ROUNDING_S = 0.006
"""The time is printed with two decimals."""


@dataclass(frozen=True, slots=True)
class _Test:
    place: str
    variant: str
    n: int
    nb: str
    grid: str
    seconds: float
    gflops: float | None

    @property
    def fits(self) -> bool:
        """Whether size, time and rate agree as far as they are printed."""
        if self.gflops is None or self.gflops <= 0:
            return False
        exact = self.n * (2 / 3 * self.n + 1.5) * self.n / 1e9 / self.gflops
        return abs(exact - self.seconds) <= ROUNDING_S + 1e-3 * exact


def parse(evidence: Evidence) -> Parsed:
    """Read every test of every file that holds output of HPL."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    tests: list[_Test] = []
    versions: list[str] = []
    for text in files:
        own = [match[1] for line in text.lines if (match := VERSION.match(line))]
        if not own:
            continue
        versions += own
        found = list(_read(text))
        faults += _check(text, found)
        tests += found
    if not tests:
        faults.append(Fault("no output of HPL"))
    return Parsed(
        measurements=tuple(_measure(tests)),
        faults=tuple(faults),
        version=", ".join(dict.fromkeys(versions)),
    )


def _read(text: ToolText) -> Iterator[_Test]:
    for index, line in enumerate(text.lines):
        if match := ROW.match(line):
            variant, n, nb, p, q, seconds, gflops = match.groups()
            yield _Test(text.at(index), variant, int(n), nb, f"{p}x{q}", float(seconds), number(gflops))


def _check(text: ToolText, tests: list[_Test]) -> Iterator[Fault]:
    finished = [match[1] for line in text.lines if (match := FINISHED.match(line))]
    counts = [[match[1] for line in text.lines if (match := form.match(line))] for form in COUNTS]
    expected = str(len(tests))
    if finished != [expected] or counts != [[expected], ["0"], ["0"]]:
        yield Fault(f"{text.name}: {expected} tests with a result, which its last section does not confirm")
    passed = sum(bool(PASSED.match(line)) for line in text.lines)
    if passed != len(tests):
        yield Fault(f"{text.name}: {passed} of {expected} tests passed their residual check")
    if END not in text.lines:
        yield Fault(f"{text.name}: the line {END!r} is missing: the output was cut")
    for test in tests:
        if not test.fits:
            yield Fault(f"{test.place}: the rate is not that of its size and time")


def _measure(tests: list[_Test]) -> Iterator[Measurement]:
    series: dict[str, list[float]] = defaultdict(list)
    for test in tests:
        named = {"n": test.n, "nb": test.nb, "grid": test.grid, "variant": test.variant}
        series[join_parameters(named)].append(test.gflops or 0.0)
    for parameters, values in series.items():
        yield Measurement("hpl", parameters, "GFLOP/s", tuple(values))
