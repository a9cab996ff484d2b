"""What one sweep costs from its output to its verdicts, a node and a sample.

Three sweeps as a probe prints them, each in a process of its own: 6,000 nodes with 60 samples, 400 nodes with
2,400 samples, and the first again with one node in a hundred that failed, hangs, is cut or prints garbage.
Bounds: 2 ms a node at 60 samples, 5 us a sample at 2,400, and 12 s and 1 GiB for the first. Counted is the
processor time of reading the output as the check does (once), and of storing, loading and judging the run.
"""

import argparse
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import results
from millwright.facility import load_facility
from millwright.results.attribution import attribute
from millwright.results.completeness import find_missing, worst_medians
from millwright.results.parsers.probe import parse_probe
from millwright.results.runs import load_run
from millwright.verdicts.scorecard import score


class Sweep(NamedTuple):
    """Its size, and the bounds on it."""

    nodes: int
    devices: int
    metrics: int
    repetitions: int
    has_faults: bool = False
    ms_a_node: float = float("inf")
    us_a_sample: float = float("inf")
    seconds: float = float("inf")
    mib: float = float("inf")


SWEEPS = {
    "nodes": Sweep(6_000, 1, 4, 15, ms_a_node=2, seconds=12, mib=1024),
    "samples": Sweep(400, 8, 20, 15, us_a_sample=5),
    "faults": Sweep(6_000, 1, 4, 15, has_faults=True, ms_a_node=2, seconds=12, mib=1024),
}


def spoil(path: Path) -> None:
    """One node in a hundred goes wrong, in turn: it fails, hangs, is cut in a line, or prints garbage."""
    whole = path.with_suffix(".whole")
    path.rename(whole)
    with whole.open(encoding="ascii") as lines, path.open("w", encoding="ascii") as file:
        for number, line in enumerate(lines):
            node, at = divmod(number, 61)
            if node % 100 or at < 30:
                file.write(line)
            elif at == 30:
                name = line.partition('"node":"')[2].partition('"')[0]
                failed = f'{{"probe":"failed","code":3,"reason":"no such device","node":"{name}"}}\n'
                file.write((failed, "", line[:40], "{garbage\n" * 50)[node // 100 % 4])
    whole.unlink()


def spend(folder: Path, sweep: Sweep) -> tuple[dict[str, float], float, int]:
    """Processor time of each stage in seconds, greatest memory in MiB, and nodes that were refused."""
    times: dict[str, float] = {}
    begin = time.process_time()

    def lap(name: str) -> None:
        nonlocal begin
        now = time.process_time()
        times[name], begin = now - begin, now

    metrics = results.registry(sweep.metrics)[results.NAME].metrics
    lap("start")
    output = parse_probe(folder / "output/bench/cpu/gnu" / results.NAME / "rfm_job.out", metrics)
    faults = attribute(output, results.names(sweep.nodes)) or tuple(
        find_missing(output.samples, metrics, results.names(sweep.nodes))
    )
    worst_medians(output.samples, metrics)
    lap("check")
    results.store(folder, sweep.metrics)
    lap("store")
    run = load_run(folder / "results/bench" / results.RUN)
    lap("load")
    rows = score(load_facility(run.facility_file), run).rows
    lap("judge")
    refused = {rejected.node for rejected in run.rejected}
    missing = {row.node for row in rows if not row.is_measured}
    if missing != refused or bool(faults) != bool(refused):
        raise ValueError(f"{len(missing)} nodes have no verdict, {len(refused)} were refused")
    return times, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(refused)


def measure(name: str, sweep: Sweep) -> bool:
    """Print the cost of one sweep; whether its bounds hold."""
    folder = Path(tempfile.mkdtemp())
    try:
        results.make_session(folder, sweep[:4])
        if sweep.has_faults:
            spoil(folder / "output/bench/cpu/gnu" / results.NAME / "rfm_job.out")
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            times, mib, refused = pool.submit(spend, folder, sweep).result()
    finally:
        shutil.rmtree(folder)
    times.pop("start")
    total = sum(times.values())
    samples = sweep.devices * sweep.metrics * sweep.repetitions
    ms, us = 1e3 * total / sweep.nodes, 1e6 * total / sweep.nodes / samples
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in times.items())
    print(
        f"{name}: {sweep.nodes} nodes x {samples} samples, {refused} refused: {total:.2f} s ({stages}), "
        f"{ms:.2f} ms a node, {us:.2f} us a sample, {mib:.0f} MiB",
        flush=True,
    )
    return ms <= sweep.ms_a_node and us <= sweep.us_a_sample and total <= sweep.seconds and mib <= sweep.mib


def main() -> int:
    """1 if a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sweeps", nargs="*", default=list(SWEEPS), help=f"some of {', '.join(SWEEPS)}")
    holds = [measure(name, SWEEPS[name]) for name in parser.parse_args().sweeps]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
