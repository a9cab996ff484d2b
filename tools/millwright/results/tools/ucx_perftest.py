"""ucx_perftest: the table of the client, whose row ``Final:`` counts."""

import re
from collections.abc import Iterator

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, option, options_of, texts
from millwright.results.tools.trouble import find_trouble

KIND = re.compile(r"^\| +\| +\| +(latency|overhead) \(usec\) +\| +bandwidth \(MB/s\) +\|")
FINAL = re.compile(r"^Final: +(\d+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+) +(\d+) +(\d+)$")
BATCH = re.compile(r"^\+([A-Za-z0-9_.-]*?)-{2,}\+[-+]*$")
SERVER = re.compile(r"^(?:Waiting for connection|Accepted connection from)")
BAD = re.compile(r"UCX +(?:ERROR|FATAL)|: (?:connection refused|timed out)|failed to|Connection reset")
ROWS = ("latency", "bandwidth", "message_rate")
UNITS = {"latency": "us", "overhead": "us", "bandwidth": "MB/s", "message_rate": "1/s"}


def parse(evidence: Evidence) -> Parsed:
    """Read every table of every file."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    measurements: list[Measurement] = []
    words = options_of(evidence.command, "ucx_perftest")
    for text in files:
        for index, line in enumerate(text.lines):
            if SERVER.match(line):
                faults.append(Fault(f"{text.at(index)}: the server's table, whose time is no latency"))
            if BAD.search(line):
                faults.append(Fault(f"{text.at(index)}: {line[:160]}"))
        own = list(_read(text, words, faults))
        if own and not text.is_ended:
            faults.append(Fault(f"{text.name}: its last line has no end: the output was cut"))
        measurements += own
    if not measurements:
        faults.append(Fault("no row Final: hand in the client's table, without -v and -f"))
    return Parsed(tuple(measurements), tuple(faults))


def _read(text: ToolText, words: tuple[str, ...], faults: list[Fault]) -> Iterator[Measurement]:
    kind, batch, open_batch = "", "", ""
    for index, line in enumerate(text.lines):
        if match := KIND.match(line):
            kind = match[1]
        elif (match := BATCH.match(line)) and match[1]:
            if open_batch:
                faults.append(Fault(f"{text.at(index)}: {open_batch} has no result"))
            batch = open_batch = match[1]
        elif match := FINAL.match(line):
            values = [number(match[group]) for group in (4, 6, 8)]
            if not kind or None in values or not _fits(match):
                faults.append(Fault(f"{text.at(index)}: its figures do not fit each other"))
                continue
            open_batch = ""
            size = option(words, "-s") or ""
            named = {"test": batch or option(words, "-t") or "", "size": "" if batch else size}
            for name, value in zip(ROWS, values, strict=True):
                metric = kind if name == "latency" else name
                yield Measurement(metric, join_parameters(named), UNITS[metric], (value or 0.0,))
    if open_batch:
        faults.append(Fault(f"{text.name}: {open_batch} has no result: the output was cut"))


def _fits(match: re.Match[str]) -> bool:
    """Half a round trip, or one message, takes the inverse of the message rate."""
    overall, rate = number(match[4]), number(match[8])
    if not overall or not rate:
        return False
    return abs(1e6 / rate - overall) <= 0.0006 + 0.001 * overall
