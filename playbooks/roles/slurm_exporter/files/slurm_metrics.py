#!/usr/bin/python3 -I
"""Slurm's nodes, jobs and scheduler as metrics: ``slurm_metrics.py FILE TIMEOUT_S``.

Three questions a run, each with a time limit. Where Slurm does not answer, ``millwright_slurm_up`` is 0
and nothing else is told, so that no old number passes for a new one.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

NODES = ("sinfo", "--noheader", "--all", "--Node", "--format=%N|%R|%T|%E")
JOBS = ("squeue", "--noheader", "--all", "--array", "--format=%P|%T")
"""With ``--array``, every waiting task of a job array is a line, as every running one is."""
SCHEDULER = ("sdiag", "--json")
OWNED = re.compile(r"millwright:([a-z]+):")
GAUGES = {
    "server_thread_count": "Threads of slurmctld that answer somebody now.",
    "agent_queue_size": "Messages of slurmctld that wait to be sent.",
    "dbd_agent_queue_size": "Messages that wait for slurmdbd; they are lost when the queue is full.",
    "schedule_cycle_mean": "Mean time of a scheduling cycle, in microseconds.",
    "bf_cycle_mean": "Mean time of a backfill cycle, in microseconds.",
    "jobs_pending": "Jobs that wait.",
    "jobs_running": "Jobs that run.",
}


def label(value: str) -> str:
    """A label's value, quoted as Prometheus reads it."""
    quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


def series(name: str, about: str, rows: Iterable[tuple[dict[str, str], float]]) -> list[str]:
    """One metric with its labels."""
    lines = [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
    for labels, value in rows:
        inner = ",".join(f"{key}={label(text)}" for key, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value:.15g}" if inner else f"{name} {value:.15g}")
    return lines


def node_lines(text: str) -> list[str]:
    """Nodes by partition and state, each node once by state, and drained nodes by who drained them.

    Slurm prints a node once for each partition that it is in.
    """
    by_partition: Counter[tuple[str, str]] = Counter()
    states: dict[str, str] = {}
    owners: dict[str, str] = {}
    for line in text.splitlines():
        node, partition, word, reason = (*line.split("|", 3), "", "", "")[:4]
        state = word.lower().rstrip("*$@^!%#~-+") + ("_not_responding" if "*" in word else "")
        by_partition[partition, state] += 1
        states[node] = state
        if state.startswith("drain"):
            owned = OWNED.match(reason)
            owners[node] = owned[1] if owned else "somebody"
    rows = (({"partition": p, "state": s}, n) for (p, s), n in sorted(by_partition.items()))
    lines = series("millwright_slurm_nodes", "Nodes by partition and state.", rows)
    once = (({"state": state}, n) for state, n in sorted(Counter(states.values()).items()))
    lines += series("millwright_slurm_nodes_once", "Nodes by state, each node once.", once)
    drained = (({"owner": owner}, n) for owner, n in sorted(Counter(owners.values()).items()))
    return lines + series("millwright_slurm_drained_nodes", "Drained nodes by purpose of the drain.", drained)


def job_lines(text: str) -> list[str]:
    """Jobs by partition and state; a job that waits for several partitions counts in its first."""
    found: Counter[tuple[str, str]] = Counter()
    for line in text.splitlines():
        partition, _, state = line.partition("|")
        found[partition.split(",")[0], state.lower()] += 1
    rows = (({"partition": p, "state": s}, n) for (p, s), n in sorted(found.items()))
    return series("millwright_slurm_jobs", "Jobs by partition and state.", rows)


def scheduler_lines(text: str) -> list[str]:
    """The scheduler's own numbers; what this version of Slurm does not give is left out."""
    try:
        found = json.loads(text)["statistics"]
    except (ValueError, KeyError, TypeError):
        return []
    return [
        line
        for name, about in GAUGES.items()
        if isinstance(found.get(name), int | float)
        for line in series(f"millwright_slurm_{name}", about, [({}, found[name])])
    ]


def ask(argv: Iterable[str], timeout_s: float) -> str | None:
    """What a command prints; None if it fails or does not answer in time."""
    try:
        done = subprocess.run(
            [*argv], capture_output=True, timeout=timeout_s, check=False, text=True, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def metrics(nodes: str | None, jobs: str | None, scheduler: str | None, now_s: float) -> str:
    """The whole file."""
    up = nodes is not None and jobs is not None
    lines = series("millwright_slurm_up", "Whether slurmctld answered.", [({}, float(up))])
    lines += series("millwright_slurm_asked_seconds", "When Slurm was asked.", [({}, now_s)])
    if nodes is not None and jobs is not None:
        lines += [*node_lines(nodes), *job_lines(jobs), *scheduler_lines(scheduler or "")]
    return "\n".join(lines) + "\n"


def main(file: Path, timeout_s: float) -> None:
    """Ask, and replace the file at once."""
    nodes, jobs, scheduler = (ask(argv, timeout_s) for argv in (NODES, JOBS, SCHEDULER))
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.write_text(metrics(nodes, jobs, scheduler, time.time()), encoding="utf-8")
    fresh.chmod(0o644)
    fresh.replace(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
