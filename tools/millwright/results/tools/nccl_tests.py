"""nccl-tests and rccl-tests: ``all_reduce_perf`` and its siblings.

An output is a header (``# nThread …``), the devices, one table and the end mark ``# Avg bus bandwidth``.
The columns changed over the years (``error`` became ``#wrong``, ``root`` was added) and some tests leave
``redop`` blank, so a row is read from its right end: both halves, out of place and in place, have the same
columns.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, texts
from millwright.results.tools.trouble import find_trouble

HEADER = re.compile(
    r"^# nThreads?:? \d+ nGpus:? \d+ minBytes:? (?P<low>\d+) maxBytes:? (?P<high>\d+) "
    r"step:? (?P<step>\d+)\((?P<kind>factor|bytes)\)(?:.* validation:? (?P<validation>\d+))?"
)
DEVICE = re.compile(
    r"^# +Rank +(?P<rank>\d+) +(?:Group +\d+ +)?Pid +\d+ on +(?P<host>\S+) +"
    r"device +\d+ \[[^\]]*\] ?(?P<name>.*)$"
)
STARTING = re.compile(r"^# Collective test starting: (\w+)")
CONCLUDED = re.compile(r"^# Collective test concluded: (\w+)")
VERSION = re.compile(r"^# nccl-tests version (\S+)|^(?:# )?rccl-tests: Version (\S+)")
REDUCED = re.compile(r"^# Reducing maxBytes to (\d+) due to memory limitation")
BOUNDS = re.compile(r"^# Out of bounds values : (\d+) (OK|FAILED)$")
AVERAGE = re.compile(r"^# Avg bus bandwidth +: (\S+)( OK| FAILED)?$")
NAMES = re.compile(r"^# +size +count\b.*\bbusbw\b")
TROUBLE = re.compile(
    r"Test (?:NCCL|CUDA|HIP|RCCL) failure|(?:NCCL|RCCL|CUDA|HIP) (?:error|failure)|\bNCCL WARN\b"
    r"|Test failure|Async error|invalid usage|unhandled (?:cuda|hip|system) error"
)
LOG_LINE = re.compile(
    r"(?:NCCL|RCCL) (?:INFO|TRACE|VERSION)|^\[?[\w.:-]+(?:[:\[]\d+)+\]?.*(?:INFO|WARN|DEBUG)"
)
TEST_NAME = re.compile(
    r"all_?reduce|all_?gather|reduce_?scatter|all_?to_?all(?:v)?|sendrecv|broadcast|hypercube|scatter|gather|reduce",
    re.IGNORECASE,
)
HALVES = ("out", "in")
COLUMNS = {"time": ("time", "us"), "algbw": ("alg_bw", "GB/s"), "busbw": ("bus_bw", "GB/s")}
AVERAGE_SLACK = 0.02
"""GB/s or share by which the printed mean may differ from that of the table, whose figures are rounded."""


@dataclass(slots=True)
class _Run:
    """One start of a test, as printed."""

    place: str
    header: re.Match[str]
    test: str = ""
    version: str = ""
    ranks: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Host and device name of each rank."""
    half: tuple[str, ...] = ()
    """Column names of one half of the table."""
    rows: list[list[str]] = field(default_factory=list)
    largest: int = 0
    bounds: str = ""
    average: float | None = None
    concluded: bool = False


def parse(evidence: Evidence) -> Parsed:
    """Read every run of every file."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    runs: list[_Run] = []
    for text in files:
        found, wrong = _read(text)
        runs += found
        faults += wrong
    for run in runs:
        faults += _check(run)
    remarks = []
    if any(run.header["validation"] == "0" for run in runs):
        remarks.append("the data were not validated (validation: 0)")
    named = [_name(run, evidence) for run in runs]
    if any(run.test != name for run, name in zip(runs, named, strict=True)):
        remarks.append(
            f"the output does not name its test: {', '.join(dict.fromkeys(named))} was taken for it"
        )
    if not runs:
        faults.append(Fault("no output of nccl-tests"))
    devices = dict.fromkeys(name for run in runs for _, name in run.ranks.values() if name)
    if devices:
        remarks.append(f"devices: {', '.join(devices)}")
    return Parsed(
        measurements=tuple(_measure(zip(runs, named, strict=True))),
        faults=tuple(faults),
        version=", ".join(dict.fromkeys(run.version for run in runs if run.version)),
        hosts=tuple(dict.fromkeys(host for run in runs for host, _ in run.ranks.values())),
        remarks=tuple(remarks),
    )


def _read(text: ToolText) -> tuple[list[_Run], list[Fault]]:
    runs: list[_Run] = []
    faults: list[Fault] = []
    starting = version = ""
    for index, line in enumerate(text.lines):
        run = runs[-1] if runs else None
        if TROUBLE.search(line):
            faults.append(Fault(f"{text.at(index)}: {line.strip()[:200]}"))
        elif match := HEADER.match(line):
            runs.append(_Run(text.at(index), match, starting, version, largest=int(match["high"])))
            starting = ""
        elif match := STARTING.match(line):
            starting = match[1]
        elif match := VERSION.match(line):
            version = match[1] or match[2]
        elif run is None:
            continue
        elif run.half and not run.bounds and line[:1] in {" ", "\t"} and line.split()[0].isdigit():
            run.rows.append(line.split())
        elif _note(run, line) or not run.half or run.bounds or not line or line.startswith("#"):
            continue
        elif not LOG_LINE.search(line):
            faults.append(Fault(f"{text.at(index)}: {line.strip()[:100]!r} within a table"))
    if runs and runs[-1].average is not None and not text.is_ended and text.lines[-1].startswith("# Avg"):
        faults.append(Fault(f"{text.name}: its last line has no end: the output was cut"))
    return runs, faults


def _note(run: _Run, line: str) -> bool:
    """Take what a line says about a run; whether it says anything."""
    if match := DEVICE.match(line):
        run.ranks[int(match["rank"])] = (match["host"], match["name"].strip())
    elif NAMES.match(line):
        names = line.removeprefix("#").split()
        start = next((at for at, name in enumerate(names) if "time" in name), 0)
        half = names[start:]
        run.half = tuple(half[: len(half) // 2])
        if not run.half or tuple(half) != run.half * 2:
            run.half = ("unreadable",)
    elif match := REDUCED.match(line):
        run.largest = int(match[1])
    elif match := BOUNDS.match(line):
        run.bounds = f"{match[1]} {match[2]}"
    elif match := AVERAGE.match(line):
        run.average = number(match[1])
    elif CONCLUDED.match(line):
        run.concluded = True
    else:
        return False
    return True


def _check(run: _Run) -> Iterator[Fault]:
    if not run.half or not run.rows:
        yield Fault(f"{run.place}: a run without a table")
        return
    if run.half == ("unreadable",) or not {"time", "busbw"} <= {
        name.removeprefix("cpu") for name in run.half
    }:
        yield Fault(f"{run.place}: unknown columns")
        return
    if run.average is None:
        yield Fault(f"{run.place}: the end mark (Avg bus bandwidth) is missing: the output was cut")
    if run.test and run.place and run.version and not run.concluded and run.average is None:
        yield Fault(f"{run.place}: the test never concluded")
    if run.bounds != "0 OK":
        yield Fault(f"{run.place}: out of bounds values: {run.bounds or 'not stated'}")
    yield from _check_rows(run)


def _check_rows(run: _Run) -> Iterator[Fault]:
    width = len(run.half)
    bandwidths: list[float] = []
    for row in run.rows:
        if not 2 * width + 2 <= len(row) <= 2 * width + 5:
            yield Fault(f"{run.place}: a row has {len(row)} columns: {' '.join(row)[:80]}")
            return
        for half, cells in _halves(run, row):
            wrong = cells.get("#wrong", cells.get("error", "N/A")).rstrip("*")
            count = 0.0 if wrong == "N/A" else number(wrong)
            # Old tests print the largest error here; their tolerance shows in the bounds line only.
            if count is None or ("#wrong" in cells and count != 0):
                yield Fault(f"{run.place}: size {row[0]}, {half} of place: {wrong} wrong values")
            bandwidth = cells.get("busbw", "")
            if bandwidth != "N/A":
                value = number(bandwidth)
                if value is None:
                    yield Fault(f"{run.place}: size {row[0]}: {bandwidth!r} is no bandwidth")
                else:
                    bandwidths.append(value)
    yield from _check_sizes(run)
    if run.average is not None and bandwidths:
        mean = sum(bandwidths) / len(bandwidths)
        if not abs(mean - run.average) <= AVERAGE_SLACK * max(1.0, mean):
            yield Fault(
                f"{run.place}: states a mean bus bandwidth of {run.average}, its table has {mean:.4f}: "
                "lines are missing, mixed or changed"
            )


def _check_sizes(run: _Run) -> Iterator[Fault]:
    sizes = [int(row[0][:20]) for row in run.rows]
    restarts = sum(after < before for before, after in pairwise(sizes))
    passes = restarts + 1
    if restarts and len(sizes) % passes == 0:
        length = len(sizes) // passes
        if any(sizes[at : at + length] != sizes[:length] for at in range(0, len(sizes), length)):
            yield Fault(f"{run.place}: sizes do not grow from row to row: lines are missing or mixed")
    elif restarts:
        yield Fault(f"{run.place}: sizes do not grow from row to row: lines are missing or mixed")
    step = int(run.header["step"])
    following = sizes[-1] * step if run.header["kind"] == "factor" else sizes[-1] + step
    if following <= run.largest and step > 1:
        yield Fault(f"{run.place}: ends at size {sizes[-1]} of {run.largest}: lines are missing")


def _halves(run: _Run, row: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    width = len(run.half)
    names = [name.removeprefix("cpu") for name in run.half]
    for at, half in enumerate(HALVES):
        start = len(row) - (2 - at) * width
        yield half, dict(zip(names, row[start : start + width], strict=True))


def _name(run: _Run, evidence: Evidence) -> str:
    """Name of the test: as printed, from the command line, the file's name, or the shape of the table."""
    if run.test:
        return run.test
    if match := re.search(r"(\w+_perf)\b", evidence.command):
        return match[1]
    file = run.place.rpartition(" line ")[0]
    if match := TEST_NAME.search(file):
        plain = match[0].lower().replace("_", "")
        known = {"allreduce": "all_reduce", "allgather": "all_gather", "reducescatter": "reduce_scatter"}
        return f"{known.get(plain, plain)}_perf"
    return "unnamed"


def _measure(runs: Iterable[tuple[_Run, str]]) -> Iterator[Measurement]:
    """One series a metric, size and half; a test that ran several times gives repetitions."""
    series: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for run, test in runs:
        width = len(run.half)
        node = next((host for host, _ in run.ranks.values()), "")
        if len({host for host, _ in run.ranks.values()}) > 1:
            node = ""
        shared = {"test": test.removesuffix("_perf"), "ranks": len(run.ranks) or ""}
        for row in run.rows:
            if len(row) < 2 * width + 2 or row[0].strip("0") == "":
                continue  # nothing was moved
            middle = [*row[2 : len(row) - 2 * width], "", "", ""]
            kind = dict(zip(("type", "redop", "root"), middle, strict=False))
            kind = {name: "" if word in {"none", "-1"} else word for name, word in kind.items()}
            for half, cells in _halves(run, row):
                parameters = join_parameters({**shared, **kind, "size": row[0], "place": half})
                for column, (metric, unit) in COLUMNS.items():
                    value = number(cells.get(column, ""))
                    if value is not None:
                        series[metric, parameters, unit, node].append(value)
        if run.average is not None:
            series["average_bus_bw", join_parameters(shared), "GB/s", node].append(run.average)
    for (metric, parameters, unit, node), values in series.items():
        yield Measurement(metric, parameters, unit, tuple(values), node)
