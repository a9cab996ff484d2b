"""HPCG 3.0 and 3.1: the result file, ``HPCG-Benchmark_….txt`` or ``….yaml``."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, texts
from millwright.results.tools.trouble import find_trouble

ENTRY = re.compile(r"^ *(?:[^:=]*::)*([^:=]+)[=:] *(.*)$")
"""``GFLOP/s Summary::Raw MG=6.1`` of 3.1, and ``  Raw MG: 6.1`` of 3.0."""
SECTION = re.compile(r"^(?:_* *)?([A-Z][^:=]*?)(?: *_*)?[=:] *$")
VALID = "HPCG result is VALID with a GFLOP/s rating of"
RATING = "Total with convergence and optimization phase overhead"
METRICS = {
    RATING: "hpcg",
    "Raw DDOT": "ddot",
    "Raw WAXPBY": "waxpby",
    "Raw SpMV": "spmv",
    "Raw MG": "mg",
}
CHECKS = 4
"""Spectral convergence, symmetry, iterations and reproducibility."""
SECONDS = "Results are valid but execution time (sec) is"
OFFICIAL_S = 1800.0


def parse(evidence: Evidence) -> Parsed:
    """Read every result file."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    series: dict[tuple[str, str], list[float]] = defaultdict(list)
    versions: list[str] = []
    remarks: list[str] = []
    for text in files:
        if not any(VALID in line or "HPCG-Benchmark" in line for line in text.lines[:3] + text.lines[-12:]):
            continue
        entries = _sections(text)
        faults += _check(text, entries)
        if not any(VALID in line for line in text.lines):
            continue
        versions += [_value(entries, "", "version")] if _value(entries, "", "version") else []
        parameters = _parameters(entries)
        for name, metric in METRICS.items():
            value = number(_value(entries, "GFLOP/s Summary", name))
            if value is not None:
                series[metric, parameters].append(value)
        seconds = number(_value(entries, "Final Summary", SECONDS))
        if seconds is not None and seconds < OFFICIAL_S:
            remarks.append(f"{text.name}: {seconds:g} s are no official result, which needs {OFFICIAL_S:g} s")
    if not series:
        faults.append(Fault("no result of HPCG: hand in the file HPCG-Benchmark….txt or .yaml"))
    return Parsed(
        measurements=tuple(
            Measurement(metric, parameters, "GFLOP/s", tuple(values))
            for (metric, parameters), values in series.items()
        ),
        faults=tuple(faults),
        version=", ".join(dict.fromkeys(versions)),
        remarks=tuple(remarks),
    )


Entries = Mapping[str, Mapping[str, tuple[str, ...]]]


def _sections(text: ToolText) -> Entries:
    """Values by section and name; several if a name occurs more than once."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    section = ""
    for line in text.lines:
        if match := SECTION.match(line):
            section = match[1].strip()
        elif match := ENTRY.match(line):
            own = line.split("::", 1)[0] if "::" in line else section
            names = found.setdefault(own.strip(), {})
            name = match[1].strip()
            names[name] = (*names.get(name, ()), match[2].strip())
            if own == "" or line == line.lstrip():
                general = found.setdefault("", {})
                general[name] = (*general.get(name, ()), match[2].strip())
    return found


def _value(entries: Entries, section: str, name: str) -> str:
    """The only value of a name; empty if there is none or several."""
    values = entries.get(section, {}).get(name, ())
    return values[0] if len(values) == 1 else ""


def _check(text: ToolText, entries: Entries) -> Iterator[Fault]:
    results = [line for line in text.lines if re.search(r"Result[=:] ?\S+$", line)]
    passed = [line for line in results if line.endswith("PASSED")]
    if len(passed) != CHECKS or len(results) != CHECKS:
        yield Fault(f"{text.name}: {len(passed)} of {CHECKS} checks passed")
    ratings = [line for line in text.lines if VALID in line]
    if len(ratings) != 1:
        yield Fault(f"{text.name}: {len(ratings)} lines say that the result is valid, expected one")
        return
    rating = number(re.split(r"[=:] ?", ratings[0])[-1])
    stated = number(_value(entries, "GFLOP/s Summary", RATING))
    if rating is None or rating <= 0 or rating != stated:
        yield Fault(f"{text.name}: the rating is not the rate of its summary")
    for name in METRICS:
        if number(_value(entries, "GFLOP/s Summary", name)) is None:
            yield Fault(f"{text.name}: its summary has no rate {name!r}")
    if not text.is_ended:
        yield Fault(f"{text.name}: its last line has no end: the output was cut")


def _parameters(entries: Entries) -> str:
    processes = _value(entries, "Machine Summary", "Distributed Processes")
    sizes = [
        _value(entries, "Global Problem Dimensions", name) for name in ("Global nx", "Global ny", "Global nz")
    ]
    return join_parameters({"ranks": processes, "size": "x".join(sizes) if all(sizes) else ""})
