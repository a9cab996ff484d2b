"""fio's JSON and JSON+ (2.x in microseconds and KiB/s, 3.x in nanoseconds and bytes/s)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from millwright.checks.parser import Fault
from millwright.results.tools.fio_job import OPERATIONS, Job
from millwright.results.tools.json_text import documents
from millwright.results.tools.text import ToolText

PERCENTILES = {"50.000000": "p50", "99.000000": "p99", "99.900000": "p999"}
MEGA = 1e6


def read_json(text: ToolText) -> tuple[list[Job], list[Fault], str]:
    """Jobs, faults and start (ISO 8601, UTC) of the one document that a run prints."""
    found, wrong = documents(text)
    faults = list(wrong)
    jobs: list[Job] = []
    started = ""
    if len(found) > 1:
        faults.append(Fault(f"{text.name}: {len(found)} JSON documents, expected that of one run"))
    for place, document in found:
        try:
            jobs += _jobs(place, document)
            stamp = document.get("timestamp")
            if isinstance(stamp, int):
                started = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
            faults.append(Fault(f"{place}: not fio's JSON: {type(error).__name__}: {error}"))
    return jobs, faults, started


def _jobs(place: str, document: Mapping[str, object]) -> Iterator[Job]:
    shared = _mapping(document.get("global options", {}))
    for each in _list(document.get("client_stats", document.get("jobs"))):
        data = _mapping(each)
        if data.get("jobname") == "All clients":
            continue
        options = {**shared, **_mapping(data.get("job options", {}))}
        job = Job(
            place,
            str(data["jobname"]),
            error=int(_number(data["error"])) or int(_number(data.get("total_err", 0))),
            options={name: str(value) for name, value in options.items()},
            host=str(data.get("hostname", "")),
        )
        for operation in OPERATIONS:
            _take(job, operation, _mapping(data.get(operation, {})))
        yield job


def _take(job: Job, operation: str, data: Mapping[str, object]) -> None:
    moved = _number(data.get("io_bytes", 0))
    if "io_bytes" in data and "bw_bytes" not in data and not any(name.endswith("_ns") for name in data):
        moved *= 1 << 10  # 2.x counts io_bytes in KiB
    if moved <= 0:
        return
    job.io_bytes += moved
    job.runtime = max(job.runtime, _number(data.get("runtime", 0)) / 1000)
    rate = _number(data["bw_bytes"]) if "bw_bytes" in data else _number(data["bw"]) * (1 << 10)
    if rate <= 0:
        job.faults.append(f"{job.place}: job {job.name!r} has no {operation} bandwidth")
    job.values[f"{operation}_bw"] = (rate / MEGA, "MB/s")
    job.values[f"{operation}_iops"] = (_number(data["iops"]), "1/s")
    for suffix, scale in (("_ns", 1e-3), ("", 1.0)):
        latency, completion = _mapping(data.get(f"lat{suffix}", {})), _mapping(data.get(f"clat{suffix}", {}))
        if mean := _number(latency.get("mean", 0)):
            job.values[f"{operation}_latency"] = (mean * scale, "us")
        percentiles = _mapping(completion.get("percentile", latency.get("percentile", {})))
        for key, name in PERCENTILES.items():
            if key in percentiles:
                job.values[f"{operation}_{name}_latency"] = (_number(percentiles[key]) * scale, "us")


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object is missing")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("the list of jobs is missing")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{str(value)[:40]!r} is no number")
    return float(value)
