"""fio's normal output (2.x and 3.x) and its terse form (versions 3 and 4)."""

import re

from millwright.checks.parser import Fault
from millwright.results.tools.fio_job import OPERATIONS, Job, amount
from millwright.results.tools.text import ToolText, number

SETUP = re.compile(r"^(?P<name>.+?): \(g=\d+\): (?P<options>rw=.*)$")
BLOCK = re.compile(r"^(?P<name>.+?): \(groupid=\d+, jobs=(?P<jobs>\d+)\): err= ?(?P<error>\d+)")
RATE = re.compile(
    r"^  (?P<operation>read|write|trim) ?: IOPS=(?P<iops>[\d.]+)(?P<unit>[kMG]?), "
    r"BW=\S+ \((?P<bw>[\d.]+)(?P<bw_unit>[kMGT]?)B/s\)\((?P<io>[\d.]+\w+)/(?P<runtime>\d+)msec\)"
)
OLD_RATE = re.compile(
    r"^  (?P<operation>read|write|trim) *: io=(?P<io>[\d.]+\w+), bw=(?P<bw>[\d.]+)(?P<bw_unit>[KMGT]?)B/s, "
    r"iops=(?P<iops>[\d.]+)(?P<unit>[kMG]?), runt= *(?P<runtime>\d+)msec"
)
LATENCY = re.compile(r"^ +(?P<kind>lat) \((?P<unit>[num]s)ec\): ?min=.*, avg= *(?P<mean>[\d.]+)(?P<k>[kK]?),")
PERCENTILES = re.compile(r"^ +clat percentiles \((?P<unit>[num]s)ec\):")
PERCENTILE = re.compile(r"(?P<at>50\.00|99\.00|99\.90)th=\[ *(?P<value>\d+)\]")
STATUS = re.compile(r"^Run status group \d+ \(all jobs\):")
TOTAL = re.compile(r"^ +(?P<operation>READ|WRITE|TRIM): .*(?:run|maxt)=.*msec$")
TO_US = {"ns": 1e-3, "us": 1.0, "ms": 1e3}
DECIMAL = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
BINARY = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
NAMES = {"50.00": "p50", "99.00": "p99", "99.90": "p999"}

HEAD, STATUS_FIELDS, TAIL = 5, 41, 34
"""Terse fields: version to error; those of one operation; processor, depths and latencies."""


def read_normal(text: ToolText) -> tuple[list[Job], list[Fault]]:
    """Jobs of a normal output; the run status at its end must hold every operation that moved data."""
    jobs: list[Job] = []
    setups: dict[str, dict[str, str]] = {}
    operation, unit = "", "us"
    totals: set[str] = set()
    has_status = False
    for index, line in enumerate(text.lines):
        if match := SETUP.match(line):
            words = (word.strip().partition("=") for word in match["options"].split(","))
            setups[match["name"]] = {
                name: value for name, _, value in words if name in {"rw", "ioengine", "iodepth"}
            }
        elif match := BLOCK.match(line):
            name = match["name"]
            options = {**setups.get(name, {}), "numjobs": match["jobs"]}
            jobs.append(Job(text.at(index), name, error=int(match["error"]), options=options))
            operation = ""
        elif STATUS.match(line):
            has_status, operation = True, ""
        elif has_status and (match := TOTAL.match(line)):
            totals.add(match["operation"].lower())
        elif jobs and (match := RATE.match(line) or OLD_RATE.match(line)):
            operation = match["operation"]
            _take_rate(jobs[-1], match, is_old=match.re is OLD_RATE)
        elif jobs and operation and (match := LATENCY.match(line)):
            mean = float(match["mean"]) * DECIMAL[match["k"]] * TO_US[match["unit"]]
            jobs[-1].values[f"{operation}_latency"] = (mean, "us")
        elif match := PERCENTILES.match(line):
            unit = match["unit"]
        elif jobs and operation and line.lstrip().startswith("|"):
            for match in PERCENTILE.finditer(line):
                value = float(match["value"]) * TO_US[unit]
                jobs[-1].values[f"{operation}_{NAMES[match['at']]}_latency"] = (value, "us")
    faults = []
    moved = {name.partition("_")[0] for job in jobs for name in job.values}
    if jobs and (not has_status or moved - totals):
        faults.append(Fault(f"{text.name}: the run status at the end is missing: the output was cut"))
    if jobs and not text.is_ended:
        faults.append(Fault(f"{text.name}: its last line has no end: the output was cut"))
    return jobs, faults


def _take_rate(job: Job, match: re.Match[str], *, is_old: bool) -> None:
    operation = match["operation"]
    scale = BINARY[match["bw_unit"]] if is_old else DECIMAL[match["bw_unit"]]
    job.io_bytes += amount(match["io"])
    job.runtime = max(job.runtime, int(match["runtime"]) / 1000)
    bandwidth, iops = number(match["bw"]), number(match["iops"])
    if bandwidth is None or iops is None:
        job.faults.append(f"{job.place}: {operation} has figures that can't be read")
        return
    job.values[f"{operation}_bw"] = (bandwidth * scale / 1e6, "MB/s")
    job.values[f"{operation}_iops"] = (iops * DECIMAL[match["unit"]], "1/s")


def read_terse(text: ToolText) -> tuple[list[Job], list[Fault]]:
    """Jobs of a terse output: one line of fields a job."""
    jobs: list[Job] = []
    faults: list[Fault] = []
    for index, line in enumerate(text.lines):
        fields = line.split(";")
        if len(fields) < HEAD or not fields[1].startswith("fio-"):
            continue
        operations = {"3": OPERATIONS[:2], "4": OPERATIONS}.get(fields[0], ())
        if not operations:
            faults.append(Fault(f"{text.at(index)}: terse version {fields[0][:9]}, expected 3 or 4"))
            continue
        if len(fields) < HEAD + STATUS_FIELDS * len(operations) + TAIL:
            faults.append(Fault(f"{text.at(index)}: {len(fields)} fields: the line was cut"))
            continue
        job = Job(text.at(index), fields[2], error=int(number(fields[4]) or 0))
        for at, operation in enumerate(operations):
            start = HEAD + STATUS_FIELDS * at
            _take_status(job, operation, fields[start : start + STATUS_FIELDS])
        jobs.append(job)
    if jobs and not text.is_ended:
        faults.append(Fault(f"{text.name}: its last line has no end: the output was cut"))
    return jobs, faults


def _take_status(job: Job, operation: str, fields: list[str]) -> None:
    values = [number(field) for field in fields]
    moved, bandwidth, iops, runtime, mean = values[0], values[1], values[2], values[3], values[34]
    if moved is None or bandwidth is None or iops is None or runtime is None or mean is None:
        job.faults.append(f"{job.place}: {operation} has fields that are no numbers")
        return
    if moved <= 0:
        return
    job.io_bytes += moved * (1 << 10)
    job.runtime = max(job.runtime, runtime / 1000)
    job.values[f"{operation}_bw"] = (bandwidth * (1 << 10) / 1e6, "MB/s")
    job.values[f"{operation}_iops"] = (iops, "1/s")
    job.values[f"{operation}_latency"] = (mean, "us")
    for field in fields[12:32]:
        at, _, value = field.partition("%=")
        name = NAMES.get(f"{number(at) or 0:.2f}")
        if name and (percentile := number(value)) is not None:
            job.values[f"{operation}_{name}_latency"] = (percentile, "us")
