"""IOR 3.x and 4.x: text, JSON and CSV summaries.

The iterations are the repetitions; the summary and ``Finished`` prove that the run ended and that no
iteration is missing. CSV has neither, so it needs the command line (``-i``).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, join_parameters
from millwright.results.tools.ior_json import read_json
from millwright.results.tools.ior_run import IorRun, Iteration, Summary
from millwright.results.tools.text import ToolText, launched_ranks, number, option, options_of, texts
from millwright.results.tools.trouble import find_trouble

BANNER = re.compile(r"^IOR-(\S+): MPI Coordinated Test of Parallel I/O")
FIELD = re.compile(r"^\s*([A-Za-z][A-Za-z ]*?)\s*[:=] ?(.*)$")
TABLE = re.compile(r"^access +bw\(MiB/s\) ")
SUMMARY = re.compile(r"^Operation +Max\(MiB\) ")
CSV = re.compile(r"^access,bw\(MiB/s\),")
BAD = re.compile(
    r"[Ii]ncorrect data on|FAILED comparison|\berrors? found\b|\bERROR\b|failed,? errno|: FAILED in "
    r"|WARNING: (?:write|read|open)\w*\(.*\) (?:failed|returned EOF)|Invalid options|Error invalid argument"
)
OPERATIONS = ("write", "read")
PARAMETERS = {
    "api": "api",
    "access": "access",
    "type": "type",
    "segments": "segments",
    "xfersize": "xfersize",
    "blocksize": "blocksize",
    "tasks": "tasks",
    "nodes": "nodes",
}
"""Field of the options block, and the parameter that it becomes."""


def parse(evidence: Evidence) -> Parsed:
    """Read every run of every file, whatever its form."""
    files = texts(evidence)
    faults = list(find_trouble(files))
    runs: list[IorRun] = []
    for text in files:
        faults += _find_bad_lines(text)
        found, wrong = _read(text, evidence.command)
        runs += found
        faults += wrong
    for run in runs:
        faults += run.check()
    if not runs:
        faults.append(Fault("no result of IOR"))
    commands = [run.command for run in runs if run.command] or [evidence.command]
    if any("--dryrun" in command.lower() for command in [*commands, evidence.command]):
        faults.append(Fault("a dry run: nothing was measured"))
    remarks = (
        ["stopped by -D (stonewalling)"] if any(option(tuple(c.split()), "-D") for c in commands) else []
    )
    return Parsed(
        measurements=tuple(_measure(runs)),
        faults=tuple(faults),
        command="; ".join(dict.fromkeys(run.command for run in runs if run.command)),
        version=", ".join(dict.fromkeys(run.version for run in runs if run.version)),
        hosts=tuple(dict.fromkeys(run.host for run in runs if run.host)),
        started=next((run.started for run in runs if run.started), ""),
        remarks=tuple(remarks),
    )


def _find_bad_lines(text: ToolText) -> Iterator[Fault]:
    for index, line in enumerate(text.lines):
        if BAD.search(line):
            yield Fault(f"{text.at(index)}: {line.strip()[:200]}")


def _read(text: ToolText, command: str) -> tuple[list[IorRun], list[Fault]]:
    if any(BANNER.match(line) for line in text.lines):
        return _read_text(text), []
    if any(line.startswith("{") for line in text.lines):
        return read_json(text)
    if any(CSV.match(line) for line in text.lines):
        return [_read_csv(text, command)], []
    return [], []


def _read_text(text: ToolText) -> list[IorRun]:
    runs: list[IorRun] = []
    names: list[str] = []
    in_summary = False
    for index, line in enumerate(text.lines):
        if match := BANNER.match(line):
            runs.append(IorRun(text.at(index), version=match[1]))
            names, in_summary = [], False
            continue
        if not runs:
            continue
        run = runs[-1]
        words = line.split()
        if TABLE.match(line):
            names, in_summary = words, False
            run.tests += 1
        elif SUMMARY.match(line):
            names, in_summary = words, True
        elif names and words and words[0] in OPERATIONS:
            _take_row(run, text.at(index), names, words, in_summary)
        elif names and not in_summary and words and words[0].startswith(("Max", "Summary")):
            continue
        elif match := FIELD.match(line):
            run.note(match[1].strip(), match[2].strip())
    for run in runs:
        if run.is_finished and run is runs[-1] and not text.is_ended:
            run.faults.append(f"{text.name}: its last line has no end: the output was cut")
    return runs


def _take_row(run: IorRun, place: str, names: Sequence[str], words: Sequence[str], in_summary: bool) -> None:
    if in_summary:
        columns = [names.index(f"{name}(MiB)") for name in ("Min", "Max", "Mean")]
        is_whole = len(words) >= len(names)
        low, high, mean = (number(words[column]) if is_whole else None for column in columns)
        if low is None or high is None or mean is None:
            run.faults.append(f"{place}: a summary row that can't be read")
        else:
            run.summaries.append(Summary(words[0], low, high, mean))
        return
    cells = dict(zip(names, words, strict=False))
    bandwidth, iteration = number(cells.get("bw(MiB/s)", "")), cells.get("iter", "")
    if len(words) != len(names) or bandwidth is None or not iteration.isdigit():
        run.faults.append(f"{place}: a row that can't be read: {' '.join(words)[:80]}")
        return
    iops = number(cells.get("IOPS", ""))
    run.iterations.append(Iteration(words[0], int(iteration), bandwidth, iops, max(run.tests - 1, 0)))


def _read_csv(text: ToolText, command: str) -> IorRun:
    """A table without an end: the command line says how many iterations there must be."""
    run = IorRun(text.at(0), is_finished=True, has_summary=False)
    words = options_of(command, "ior")
    if not words:
        run.faults.append(f"{text.name}: CSV has no end mark: give the command line, so that -i is known")
    names: list[str] = []
    for index, line in enumerate(text.lines):
        cells = line.split(",")
        if CSV.match(line):
            names = cells
        elif names and cells[0] in OPERATIONS:
            row = dict(zip(names, cells, strict=False))
            bandwidth, iteration = number(row.get("bw(MiB/s)", "")), row.get("iter", "")
            if len(cells) != len(names) or bandwidth is None or not iteration.isdigit():
                run.faults.append(f"{text.at(index)}: a row that can't be read: {line[:80]}")
                continue
            run.iterations.append(
                Iteration(cells[0], int(iteration), bandwidth, number(row.get("IOPS", "")), 0)
            )
            run.fields.setdefault("tasks", row.get("numTasks", ""))
            run.fields.setdefault("xfersize", f"{row.get('xfer(KiB)', '')}KiB")
            run.fields.setdefault("blocksize", f"{row.get('block(KiB)', '')}KiB")
    if not text.is_ended:
        run.faults.append(f"{text.name}: its last line has no end: the output was cut")
    run.fields["repetitions"] = option(words, "-i") or "1"
    flags = {word for word in words if word in {"-w", "-r"}} or {"-w", "-r"}
    missing = flags - {f"-{iteration.operation[0]}" for iteration in run.iterations}
    if words and missing:
        run.faults.append(f"{text.name}: rows of {' '.join(sorted(missing))} are missing: the output was cut")
    run.fields.setdefault("tasks", launched_ranks(command, "ior"))
    return run


def _measure(runs: Sequence[IorRun]) -> Iterator[Measurement]:
    """One series an operation and set of options; iterations are repetitions, and so are further runs."""
    series: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for run in runs:
        for iteration in run.iterations:
            fields: Mapping[str, str] = run.fields_of(iteration.test)
            parameters = join_parameters(
                {name: fields.get(key, "").replace(" ", "") for key, name in PARAMETERS.items()}
            )
            series[f"{iteration.operation}_bw", parameters, "MiB/s", run.host].append(iteration.bandwidth)
            if iteration.iops is not None:
                series[f"{iteration.operation}_iops", parameters, "1/s", run.host].append(iteration.iops)
    for (metric, parameters, unit, node), values in series.items():
        yield Measurement(metric, parameters, unit, tuple(values), node)
