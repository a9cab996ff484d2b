"""The program that slurmd starts every few minutes, and that an admin can run by hand.

millwright-node-health [--report-only] [--config FILE]

--report-only leaves Slurm and the memory of earlier runs alone.
Exit codes: 0 ok, 1 faulty, 3 could not test, 2 bad input.
"""

import fcntl
import json
import os
import sys
import time
from typing import Any

from node_health.judging import COULD_NOT_TEST, FAULTY, Judged, judge, next_step, wants_controller
from node_health.output import as_data, as_metrics, dumped, replace
from node_health.plan import planned
from node_health.reading import Node
from node_health.running import Moment, run_checks
from node_health.slurm import UnreachableError, node_state, take

CONFIG = "/etc/millwright/node-health.json"
EXIT_CODES = {FAULTY: 1, COULD_NOT_TEST: 3}


def act(judged: Judged, memory: dict[str, Any], expected: dict[str, Any], run_id: str) -> str:
    """Tell Slurm what is to be told; a text that says what was done."""
    resume_after = expected["resume_after_good_runs"]
    if not wants_controller(judged, memory, resume_after):
        return "none"
    try:
        standing = node_state(expected["node"], expected["slurm_timeout_s"])
        step = next_step(judged, memory, standing, run_id, resume_after)
        changed = take(step, expected["node"], expected["slurm_timeout_s"])
    except UnreachableError as error:
        return f"none: {error}"
    memory["drained"] = step.kind == "drain" or (
        step.kind == "leave" and step.reason.startswith("millwright:health:")
    )
    return f"{step.kind}: {step.reason}" if changed else f"left as it is: {' '.join(standing)}".rstrip()


def recall(path: str) -> dict[str, Any]:
    """What earlier runs left; nothing after a boot, or where the file is damaged."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - see reading
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(path: str, text: str) -> None:
    """Write a file, or say why not: a full disk must not hide what was found."""
    try:
        replace(path, text, 0o644)
    except OSError as error:
        sys.stderr.write(f"{path}: {error.strerror}\n")


def run(expected: dict[str, Any], report_only: bool, now_s: float) -> dict[str, Any]:
    """One run; its outcome as data."""
    started = time.monotonic()
    run_id = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now_s))}-{os.urandom(4).hex()}"
    memory = recall(expected["memory_file"])
    results = run_checks(planned(expected), Node(), expected, memory, Moment(now_s, time.monotonic))
    judged = judge(results, memory)
    action = "none: only a report" if report_only else act(judged, memory, expected, run_id)
    took_s = time.monotonic() - started
    data = as_data((expected["node"], run_id), judged, list(results), action, took_s)
    if not report_only:
        keep(expected["memory_file"], dumped(memory | {"last": data}))
        if expected["metrics_file"]:
            keep(expected["metrics_file"], as_metrics(data, now_s))
    return data


def main(arguments: list[Any]) -> int:
    """Entry point; the exit code."""
    report_only = "--report-only" in arguments
    rest = [argument for argument in arguments if argument != "--report-only"]
    config = rest[1] if len(rest) == 2 and rest[0] == "--config" else CONFIG
    if rest and rest[:1] != ["--config"]:
        sys.stderr.write("usage: millwright-node-health [--report-only] [--config FILE]\n")
        return 2
    try:
        with open(config, encoding="utf-8") as file:  # noqa: PTH123 - see reading
            expected = json.load(file)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{config}: {error}\n")
        return 2
    with open(config, encoding="utf-8") as lock:  # noqa: PTH123 - see reading
        if not report_only:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                sys.stderr.write("another run is under way\n")
                return 3
        data = run(expected, report_only, time.time())
    sys.stdout.write(dumped(data))
    return EXIT_CODES.get(data["verdict"], 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
