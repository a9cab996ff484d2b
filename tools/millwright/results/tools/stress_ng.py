"""stress-ng: the lines of ``--metrics`` or ``--metrics-brief``, on standard output or error.

Bogus operations of different stressors or versions can't be compared, so both are parameters of a series.
"""

import re
from collections.abc import Iterator

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.text import ToolText, number, options_of, texts
from millwright.results.tools.trouble import find_trouble

LINE = re.compile(r"^stress-ng: (?:\d\d:\d\d:\d\d\.\d\d )?(\w+): +\[\d+\] ?(.*)$")
ROW = re.compile(
    r"^([a-z][a-z0-9-]*) +(\d+) +(\d+\.\d+) +(\d+\.\d+) +(\d+\.\d+) +(\d+\.\d+) +(\d+\.\d+)(?: +\S+ +\d+)?$"
)
HEADER = "stressor       bogo ops real time"
END = re.compile(r"^successful run completed in ")
BAD_KINDS = {"fail", "error"}
BAD = re.compile(r"unsuccessful run|terminated (?:on|with)|aborted early|failed: [1-9]|: out of memory")
INSTANCES = re.compile(r"^dispatching hogs: (.*)$")


def parse(evidence: Evidence) -> Parsed:
    """Read the metrics of every file."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    measurements: list[Measurement] = []
    has_end = False
    for text in files:
        lines = list(_lines(text))
        faults += _find_bad(lines)
        has_end = has_end or any(END.match(words) for _, _, words in lines)
        dispatched = next((match[1] for _, _, words in lines if (match := INSTANCES.match(words))), "")
        pairs = (each.partition(" ") for each in dispatched.split(", "))
        hogs = {stressor: instances for instances, _, stressor in pairs if stressor}
        rows = [(place, match) for place, _, words in lines if (match := ROW.match(words))]
        if rows and not text.is_ended:
            faults.append(Fault(f"{text.name}: its last line has no end: the output was cut"))
        missing = {*hogs} - {match[1] for _, match in rows}
        if rows and missing:
            faults.append(Fault(f"{text.name}: no metrics of {', '.join(sorted(missing))}"))
        for place, match in rows:
            if not _fits(match):
                faults.append(Fault(f"{place}: operations, time and rate do not fit each other"))
            named = {"stressor": match[1], "instances": hogs.get(match[1], ""), "method": _method(evidence)}
            rate = number(match[6]) or 0.0
            measurements.append(Measurement("bogo_ops", join_parameters(named), "1/s", (rate,)))
    if measurements and not has_end:
        faults.append(Fault("no line says that the run was completed"))
    if not measurements:
        faults.append(Fault("no metrics of stress-ng: run it with --metrics"))
    remark = "bogus operations: comparable within one version of stress-ng only"
    return Parsed(tuple(measurements), tuple(faults), remarks=(remark,) if measurements else ())


def _lines(text: ToolText) -> Iterator[tuple[str, str, str]]:
    """Place, kind and words of each line that stress-ng printed."""
    for index, line in enumerate(text.lines):
        if match := LINE.match(line):
            yield text.at(index), match[1], match[2]


def _find_bad(lines: list[tuple[str, str, str]]) -> Iterator[Fault]:
    for place, kind, words in lines:
        if kind in BAD_KINDS or BAD.search(words):
            yield Fault(f"{place}: {words[:160]}")


def _fits(match: re.Match[str]) -> bool:
    operations, seconds, rate = (number(match[group]) for group in (2, 3, 6))
    if operations is None or not seconds or rate is None:
        return False
    return abs(operations / seconds - rate) <= (0.006 / seconds + 1e-2) * rate + 0.01


def _method(evidence: Evidence) -> str:
    words = options_of(evidence.command, "stress-ng")
    return next((words[at + 1] for at, word in enumerate(words[:-1]) if word.endswith("-method")), "")
