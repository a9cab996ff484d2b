"""HPC Challenge 1.4 and 1.5: the summary section of ``hpccoutf.txt``.

Only the summary counts, and only if the run reached ``End of HPC Challenge tests`` with ``Success=1``. A
second run appends to the same file; a missing or unfit ``hpccinf.txt`` makes hpcc pick a problem of its own.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, texts
from millwright.results.tools.trouble import find_trouble

BANNER = "This is the DARPA/DOE HPC Challenge Benchmark version "
SUMMARY, SUMMARY_END = "Begin of Summary section.", "End of Summary section."
END = "End of HPC Challenge tests."
ENTRY = re.compile(r"^(\w+)=(\S*)$")
HOST = re.compile(r"^Hostname: '([^']*)'$")
CLOCK = re.compile(r"^Current time \((\d{1,11})\)")

RATES = {
    "HPL_Tflops": ("hpl", "TFLOP/s"),
    "StarDGEMM_Gflops": ("star_dgemm", "GFLOP/s"),
    "SingleDGEMM_Gflops": ("single_dgemm", "GFLOP/s"),
    "PTRANS_GBs": ("ptrans", "GB/s"),
    "MPIRandomAccess_GUPs": ("mpi_random_access", "GUP/s"),
    "MPIRandomAccess_LCG_GUPs": ("mpi_random_access_lcg", "GUP/s"),
    "StarRandomAccess_GUPs": ("star_random_access", "GUP/s"),
    "StarRandomAccess_LCG_GUPs": ("star_random_access_lcg", "GUP/s"),
    "SingleRandomAccess_GUPs": ("single_random_access", "GUP/s"),
    "SingleRandomAccess_LCG_GUPs": ("single_random_access_lcg", "GUP/s"),
    "StarSTREAM_Copy": ("star_stream_copy", "GB/s"),
    "StarSTREAM_Scale": ("star_stream_scale", "GB/s"),
    "StarSTREAM_Add": ("star_stream_add", "GB/s"),
    "StarSTREAM_Triad": ("star_stream_triad", "GB/s"),
    "SingleSTREAM_Copy": ("single_stream_copy", "GB/s"),
    "SingleSTREAM_Scale": ("single_stream_scale", "GB/s"),
    "SingleSTREAM_Add": ("single_stream_add", "GB/s"),
    "SingleSTREAM_Triad": ("single_stream_triad", "GB/s"),
    "StarFFT_Gflops": ("star_fft", "GFLOP/s"),
    "SingleFFT_Gflops": ("single_fft", "GFLOP/s"),
    "MPIFFT_Gflops": ("mpi_fft", "GFLOP/s"),
    "MaxPingPongLatency_usec": ("max_ping_pong_latency", "us"),
    "RandomlyOrderedRingLatency_usec": ("random_ring_latency", "us"),
    "NaturallyOrderedRingLatency_usec": ("natural_ring_latency", "us"),
    "MinPingPongBandwidth_GBytes": ("min_ping_pong_bw", "GB/s"),
    "RandomlyOrderedRingBandwidth_GBytes": ("random_ring_bw", "GB/s"),
    "NaturallyOrderedRingBandwidth_GBytes": ("natural_ring_bw", "GB/s"),
}
"""Entry of the summary, its metric and its unit."""
ERRORS = ("MPIRandomAccess", "MPIRandomAccess_LCG")
MOST_ERRORS = 0.01
"""Share of wrong table entries that the rules of RandomAccess allow."""
BAD_LINES = (
    (re.compile(r"\.\.\.\.\.\. FAILED"), "a residual check failed"),
    (re.compile(r"^ +[1-9]\d* tests? completed and failed residual checks"), "residual checks failed"),
    (re.compile(r"^ +[1-9]\d* tests? skipped because of illegal input"), "tests were skipped"),
    (re.compile(r"^Node\(s\) with error (?!0$)"), "nodes with errors"),
    (re.compile(r"errors in \d+ locations \(failed\)"), "RandomAccess found too many errors"),
    (re.compile(r"^(?:WALL|CPU) .* FAILED"), "a transpose failed"),
    (re.compile(r"Failed Validation|Validation failed", re.IGNORECASE), "STREAM did not validate"),
    (re.compile(r"HPL (?:ERROR|WARNING) from process"), "hpcc could not use its input"),
)
OWN_CHOICE = {"HPL_NB": "80", "HPL_order": "C", "HPL_depth": "1", "HPL_nbdiv": "2", "HPL_nbmin": "4"}
"""What hpcc sets if it can't read its input."""


@dataclass(frozen=True, slots=True)
class _Run:
    place: str
    lines: tuple[str, ...]
    summary: Mapping[str, str]
    is_complete: bool


def parse(evidence: Evidence) -> Parsed:
    """Read every run of every output file; an input file beside it tells whether its problem was solved."""
    files = texts(evidence)
    runs = [run for text in files for run in _split(text)]
    inputs = [text for text in files if text.lines and "benchmark input file" in text.lines[0]]
    faults = [*find_trouble(files), *_find_bad_lines(files)]
    for run in runs:
        faults += _check(run, has_input=bool(inputs))
        for text in inputs:
            faults += _compare(run, text)
    if not runs:
        faults.append(Fault("no output of hpcc: hand in hpccoutf.txt"))
    lines = [line for run in runs for line in run.lines]
    clock = next((match[1] for line in lines if (match := CLOCK.match(line))), "")
    return Parsed(
        measurements=tuple(_measure(runs)),
        faults=tuple(faults),
        version=", ".join(dict.fromkeys(_version(run.summary) for run in runs if run.summary)),
        hosts=tuple(dict.fromkeys(match[1] for line in lines if (match := HOST.match(line)))),
        started=datetime.fromtimestamp(int(clock), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if clock else "",
    )


def _split(text: ToolText) -> Iterator[_Run]:
    """Runs of a file; hpcc appends."""
    starts = [at for at, line in enumerate(text.lines) if line.startswith(BANNER)]
    if not starts and SUMMARY in text.lines:
        starts = [0]
    for start, end in zip(starts, [*starts, len(text.lines)][1:], strict=True):
        lines = text.lines[start:end]
        summary: dict[str, str] = {}
        if SUMMARY in lines and SUMMARY_END in lines:
            inside = lines[lines.index(SUMMARY) : lines.index(SUMMARY_END)]
            summary = {match[1]: match[2] for line in inside if (match := ENTRY.match(line))}
        yield _Run(text.at(start), lines, summary, END in lines and lines.count(SUMMARY) == 1)


def _find_bad_lines(files: tuple[ToolText, ...]) -> Iterator[Fault]:
    for text in files:
        for index, line in enumerate(text.lines):
            for pattern, reason in BAD_LINES:
                if pattern.search(line):
                    yield Fault(f"{text.at(index)}: {reason}: {line.strip()[:120]}")


def _check(run: _Run, *, has_input: bool) -> Iterator[Fault]:
    if not run.summary:
        yield Fault(f"{run.place}: no summary section: the run did not end")
        return
    if not run.is_complete:
        yield Fault(f"{run.place}: the line {END!r} is missing: the output was cut")
    if run.summary.get("Success") != "1":
        yield Fault(f"{run.place}: Success={run.summary.get('Success', 'not stated')}, expected 1")
    if not has_input and OWN_CHOICE.items() <= run.summary.items():
        yield Fault(
            f"{run.place}: NB, order and factorisation are those that hpcc picks without hpccinf.txt: "
            "hand in that file as well if they were asked for"
        )
    for test in ERRORS:
        errors, size = (
            number(run.summary.get(f"{test}_Errors", "0")),
            number(run.summary.get(f"{test}_N", "1")),
        )
        if errors is None or size is None or not errors <= MOST_ERRORS * size:
            yield Fault(f"{run.place}: {test} has {run.summary[f'{test}_Errors']} wrong entries")
    for name, (metric, _) in RATES.items():
        value = number(run.summary.get(name, "-1"))
        if value is None or math.isnan(value):
            yield Fault(f"{run.place}: {name}={run.summary[name][:40]} is no number")
        elif value <= 0 and name in run.summary:
            yield Fault(f"{run.place}: {name}={run.summary[name]}: not measured", metric=metric)


def _compare(run: _Run, text: ToolText) -> Iterator[Fault]:
    """Whether the run solved a problem of its input file."""
    for label, name in (("Ns", "HPL_N"), ("NBs", "HPL_NB"), ("Ps", "HPL_nprow"), ("Qs", "HPL_npcol")):
        values = next(filter(None, (_values(line, label) for line in text.lines)), [])
        if run.summary and run.summary.get(name, "") not in values:
            yield Fault(
                f"{run.place}: {name}={run.summary.get(name)}, but {text.name} asks for {' '.join(values)}"
            )


def _values(line: str, label: str) -> list[str]:
    """Numbers of an input line such as ``80 128   NBs``; none if it is another line."""
    words = line.split()
    values = words[: words.index(label)] if label in words else []
    return values if all(word.isdigit() for word in values) else []


def _version(summary: Mapping[str, str]) -> str:
    return ".".join(
        summary[name] for name in ("VersionMajor", "VersionMinor", "VersionMicro") if name in summary
    )


def _measure(runs: list[_Run]) -> Iterator[Measurement]:
    series: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for run in runs:
        s = run.summary
        parameters = join_parameters(
            {
                "ranks": s.get("CommWorldProcs", ""),
                "n": s.get("HPL_N", ""),
                "nb": s.get("HPL_NB", ""),
                "grid": f"{s['HPL_nprow']}x{s['HPL_npcol']}"
                if {"HPL_nprow", "HPL_npcol"} <= s.keys()
                else "",
            }
        )
        for name, (metric, unit) in RATES.items():
            value = number(s.get(name, ""))
            if value is not None and value > 0:
                series[metric, parameters, unit].append(value)
    for (metric, parameters, unit), values in series.items():
        yield Measurement(metric, parameters, unit, tuple(values))
