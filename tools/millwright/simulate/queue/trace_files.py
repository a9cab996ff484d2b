"""Traces of jobs: the Standard Workload Format, and what sacct prints."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from millwright.core.frozen import Finding
from millwright.simulate.queue.jobs import Jobs

SWF_COLUMNS = 18
SACCT_COLUMNS = ("Submit", "ElapsedRaw", "TimelimitRaw", "NNodes", "QOS")
"""Needed of sacct --allocations --parsable2 with its header; further columns and any order are fine."""
MOST = 10**11
"""Seconds or nodes beyond which a line is no job's."""
NEVER_RAN = ("CANCELLED", "PENDING", "RUNNING")

Row = tuple[int, int, int, int, int]
"""Submit, nodes, run, req, mode."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Jobs of a file, and what of it was left out."""

    jobs: Jobs
    left_out: Mapping[str, int]
    """Jobs by reason."""


class TraceError(Exception):
    """A trace that can't be used; carries what is wrong with it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} problems")
        self.findings = tuple(findings)


def read_swf(lines: Iterable[str], processors_per_node: int) -> Trace:
    """Read the Standard Workload Format; processors become whole nodes, -1 is unknown.

    Raises :exc:`TraceError` for lines of another form: a trace with holes would be believed.
    """
    rows: list[Row] = []
    left_out: dict[str, int] = {}
    findings: list[Finding] = []
    for number, line in enumerate(lines, start=1):
        text = line.partition(";")[0].split()
        if not text:
            continue
        try:
            values = [float(each) for each in text]
        except ValueError:
            values = []
        if len(values) != SWF_COLUMNS or not all(abs(value) <= MOST for value in values):
            findings.append(_line(number, f"{len(text)} columns or no numbers", "18 numbers"))
            continue
        submit, run, used, asked, limit = (values[column] for column in (1, 3, 4, 7, 8))
        processors = asked if asked > 0 else used
        reason = _hole(submit, run, processors)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
            continue
        nodes = -(-int(processors) // processors_per_node)
        rows.append((int(submit), nodes, int(run), int(limit if limit > 0 else run), 0))
    return _trace(rows, left_out, findings)


def read_sacct(lines: Iterable[str], modes: Sequence[str], zone: datetime.tzinfo = datetime.UTC) -> Trace:
    """Read ``sacct --allocations --parsable2``; the QOS is the mode. Times are of ``zone``.

    Raises :exc:`TraceError` for a header without :data:`SACCT_COLUMNS`, unknown modes and broken lines.
    """
    given = iter(lines)
    header = next(given, "").strip().split("|")
    missing = [name for name in SACCT_COLUMNS if name not in header]
    if missing:
        raise TraceError([_line(1, f"without {', '.join(missing)}", "a header with all of them")])
    rows: list[Row] = []
    left_out: dict[str, int] = {}
    findings: list[Finding] = []
    for number, line in enumerate(given, start=2):
        cells = line.rstrip("\n").split("|")
        if cells == [""]:
            continue
        if len(cells) != len(header):
            findings.append(_line(number, f"{len(cells)} columns", f"{len(header)}"))
            continue
        row = dict(zip(header, cells, strict=True))
        if row.get("State", "").split(" ")[0] in NEVER_RAN and row["ElapsedRaw"] in {"", "0"}:
            left_out["never ran"] = left_out.get("never ran", 0) + 1
            continue
        try:
            rows.append(_sacct_row(row, modes, zone))
        except ValueError as error:
            findings.append(_line(number, str(error)[:120], "times, nodes and a QOS of the scenario"))
    return _trace(rows, left_out, findings)


def _sacct_row(row: Mapping[str, str], modes: Sequence[str], zone: datetime.tzinfo) -> Row:
    if row["QOS"] not in modes:
        raise ValueError(f"QOS {row['QOS'][:40]!r} is no mode of the scenario")
    submit = int(datetime.datetime.fromisoformat(row["Submit"]).replace(tzinfo=zone).timestamp())
    run = int(row["ElapsedRaw"])
    limit = int(row["TimelimitRaw"]) * 60 if row["TimelimitRaw"].isdecimal() else run
    nodes = int(row["NNodes"])
    if not (1 <= nodes <= MOST and 0 <= run <= MOST and limit <= MOST):
        raise ValueError(f"{row['NNodes'][:20]} nodes for {row['ElapsedRaw'][:20]} s")
    return submit, nodes, run, limit, modes.index(row["QOS"])


def _hole(submit: float, run: float, processors: float) -> str:
    if submit < 0:
        return "no submit time"
    if run < 0:
        return "no run time"
    return "" if processors > 0 else "no processors"


def _line(number: int, problem: str, expected: str) -> Finding:
    return Finding("MW8080", f"line {number}", problem, expected)


MOST_FINDINGS = 20


def _trace(rows: list[Row], left_out: Mapping[str, int], findings: list[Finding]) -> Trace:
    if not rows and not findings:
        findings = [_line(1, "no job that ran", "a trace with jobs")]
    if findings:
        raise TraceError(findings[:MOST_FINDINGS])
    columns = np.array(sorted(_from_zero(rows)), dtype=np.int64).T
    submit, nodes, run, req, mode = (np.ascontiguousarray(column) for column in columns)
    return Trace(Jobs(submit, nodes, run, req, mode), left_out)


def _from_zero(rows: Sequence[Row]) -> Iterator[Row]:
    begin = min(row[0] for row in rows)
    for row in rows:
        yield row[0] - begin, *row[1:]
