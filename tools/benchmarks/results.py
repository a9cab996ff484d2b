"""Processor time and memory of storing, loading, judging and verifying large runs (``make bench-results``).

Each stage runs in a process of its own, on output as a probe prints it. A calibration (SHA-256 and JSON, on
one core) before and after shows how fast the machine is meanwhile.
"""

import argparse
import datetime
import hashlib
import json
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import yaml

from millwright.checks.registry import Registry, make_registry, shipped_checks
from millwright.facility import load_facility
from millwright.results.rederive import rederive
from millwright.results.run_info import RunInfo
from millwright.results.runs import load_run
from millwright.results.session import SessionFolder, open_session
from millwright.results.storing import store_run
from millwright.verdicts.scorecard import score

Stage = Callable[[Path, int], float | None]
"""Returns its processor time if it measures that itself."""

RUN = "20261123T172147Z-1a2b3c4d"
STARTED = 1795454507
NAME = "BenchSweep"
SWEEPS = {
    "nodes": (25_000, 1, 6, 15),
    "samples": (8_334, 8, 20, 15),
}
"""Nodes, devices, metrics and repetitions; the second has 20 million samples, 2,400 a node."""


def names(nodes: int) -> list[str]:
    """Names of the nodes."""
    return [f"bench-c{number}" for number in range(1, nodes + 1)]


def registry(metrics: int) -> Registry:
    """The shipped checks and one of as many metrics."""
    first = shipped_checks()["MemoryBandwidth"]
    metric = first.metrics["triad_bw"]
    made = first.model_copy(
        update={"name": NAME, "metrics": {f"m{n:02d}_bw": metric for n in range(metrics)}}
    )
    return make_registry([*shipped_checks().values(), made])


def print_output(path: Path, sweep: tuple[int, int, int, int]) -> None:
    """A job's output, node by node, as ``probe.h`` prints it."""
    nodes, devices, metrics, repetitions = sweep
    random = np.random.default_rng(1)
    with path.open("w", encoding="ascii") as file:
        for node in names(nodes):
            file.writelines(_lines(node, devices, metrics, repetitions, random))


def _lines(
    node: str, devices: int, metrics: int, repetitions: int, random: np.random.Generator
) -> Iterator[str]:
    values = iter(random.normal(100, 1, devices * metrics * repetitions).tolist())
    for metric in range(metrics):
        for device in range(devices):
            name = str(device) if devices > 1 else ""
            for rep in range(repetitions):
                yield (
                    f'{{"metric":"m{metric:02d}_bw","value":{next(values):.9g},"unit":"GB/s","rep":{rep},'
                    f'"node":"{node}","device":"{name}","started":{STARTED + rep}.500000}}\n'
                )
    yield f'{{"probe":"done","samples":{devices * metrics * repetitions},"node":"{node}"}}\n'


def make_session(folder: Path, sweep: tuple[int, int, int, int]) -> None:
    """What ReFrame leaves of one sweep."""
    case_folder = folder / "output/bench/cpu/gnu" / NAME
    case_folder.mkdir(parents=True)
    print_output(case_folder / "rfm_job.out", sweep)
    case = {
        "name": NAME, "unique_name": NAME, "display_name": NAME, "system": "bench", "partition": "cpu",
        "environ": "gnu", "result": "pass", "fail_phase": None, "fail_reason": None, "filename": "check.py",
        "scheduler": "slurm", "jobid": "1", "job_exitcode": 0, "job_state": "COMPLETED",
        "job_nodelist": names(sweep[0]), "job_stdout": "rfm_job.out", "job_stderr": "rfm_job.err",
        "job_submit_time": STARTED, "job_completion_time_unix": STARTED + 60.0, "build_stdout": None,
        "build_stderr": None, "stagedir": f"/b/stage/bench/cpu/gnu/{NAME}", "outputdir": f"/b/output/{NAME}",
    }  # fmt: skip
    session = {
        "uuid": "u", "data_version": "4.2", "version": "4.10.4", "hostname": "h", "num_cases": 1,
        "time_start_unix": float(STARTED), "time_end_unix": STARTED + 90.0, "prefix_stage": "/b/stage",
        "prefix_output": "/b/output", "cmdline": "reframe -r",
    }  # fmt: skip
    report = {"session_info": session, "runs": [{"testcases": [case]}]}
    (folder / "run-report.json").write_text(json.dumps(report))
    source = {"source": "bench", "kind": "read", "date": datetime.date(2026, 11, 1), "class": "scored"}
    value = {"value": 95.0, "unit": "GB/s", "tolerance": 0.05, **source}
    facility = {
        "plugin": "facility", "name": "bench", "title": "Benchmark", "kind": "virtual",
        "partitions": {
            "cpu": {"title": "CPU", "nodes": f"bench-c[1-{sweep[0]}]", "scheduler": "local",
                    "checks": {NAME: {f"m{n:02d}_bw": value for n in range(sweep[2])}}},
        },
    }  # fmt: skip
    (folder / "facility.yaml").write_text(yaml.safe_dump(facility))


def store(folder: Path, metrics: int) -> None:
    """Copy, parse, write, sum and flush."""
    session = open_session(
        SessionFolder("harness", folder / "run-report.json", folder / "stage", folder / "output")
    )
    info = RunInfo(RUN, "bench", "2026-11-23T17:21:47Z", "2026-11-23T17:24:00Z", "0", bounds=())
    text = (folder / "facility.yaml").read_bytes()
    store_run(folder / "results", info, text, [session], registry=registry(metrics))


def load(folder: Path, _: int) -> None:
    """Sum all files and read the samples."""
    load_run(folder / "results/bench" / RUN)


def judge(folder: Path, _: int) -> float:
    """Processor time of the verdicts alone."""
    run = load_run(folder / "results/bench" / RUN)
    facility = load_facility(run.facility_file)
    begin = time.process_time()
    scorecard = score(facility, run)
    spent = time.process_time() - begin
    if not all(row.is_measured for row in scorecard.rows):
        raise ValueError("values are missing")
    return spent


def derive(folder: Path, _: int) -> float:
    """Processor time of deriving the samples again."""
    run = load_run(folder / "results/bench" / RUN)
    begin = time.process_time()
    differences = rederive(run)
    if differences:
        raise ValueError("; ".join(differences))
    return time.process_time() - begin


def measure(stage: Stage, folder: Path, metrics: int) -> None:
    """Run a stage in a process of its own and print its cost."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        spent, memory, wall = pool.submit(spend, stage, folder, metrics).result()
    figures = f"{spent:8.2f} s processor time, {wall:8.2f} s wall, {memory:7.0f} MiB"
    print(f"  {stage.__name__:10} {figures}", flush=True)


def spend(stage: Stage, folder: Path, metrics: int) -> tuple[float, float, float]:
    """Processor time in seconds, greatest memory in MiB, and wall time in seconds."""
    begin, wall = time.process_time(), time.monotonic()
    own = stage(folder, metrics)
    spent = time.process_time() - begin if own is None else own
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.monotonic() - wall


def calibrate() -> float:
    """Processor time of a fixed piece of work."""
    begin = time.process_time()
    block = bytes(1 << 20)
    for _ in range(400):
        hashlib.sha256(block).digest()
    line = '{"metric":"m00_bw","value":100.1,"unit":"GB/s","rep":0,"node":"n1","device":""}'
    for _ in range(200_000):
        json.loads(line)
    return time.process_time() - begin


def main() -> None:
    """Measure one sweep or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sweeps", nargs="*", default=list(SWEEPS), help=f"some of {', '.join(SWEEPS)}")
    parser.add_argument("--folder", type=Path, default=None, help="where to work; several GB for `samples`")
    arguments = parser.parse_args()
    for name in arguments.sweeps:
        sweep = SWEEPS[name]
        folder = Path(tempfile.mkdtemp(dir=arguments.folder))
        try:
            make_session(folder, sweep)
            print(
                f"{name}: {sweep[0]} nodes x {sweep[1]} devices x {sweep[2]} metrics x {sweep[3]} repetitions"
            )
            print(f"  calibration {calibrate():.2f} s", flush=True)
            for stage in (store, load, judge, derive):
                measure(stage, folder, sweep[2])
            print(f"  calibration {calibrate():.2f} s", flush=True)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
