"""RDMA writes between this node and its neighbours, over each rail, by perftest (ib_write_*).

Started by Slurm once a node. `plan.json` says which pairs measure in which round: one of a pair serves, the
other asks and reports. perftest compares no payload; a link that drops or repairs packets shows in its
error counters, which must not grow meanwhile.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import perftest
import probe
import rail as rails

PATIENCE_S = 180
RETRY_S = 0.1
METRICS = {
    "latency": (perftest.LATENCY, "us", 1.0),
    "bandwidth": (perftest.BANDWIDTH, "GB/s", 1 / 8),
}
"""Metric: its tool, its unit, and by what perftest's value (us, Gbit/s) is multiplied."""


def me():
    """The name of this node in Slurm, whatever the series is called."""
    return os.environ["SLURMD_NODENAME"]


def require_rails(plan):
    """Every rail up, of the right kind and at full rate, before a value is taken."""
    faults = [
        f"{me()}: {fault}"
        for name, least in plan["rails"].items()
        for fault in rails.find_faults(name, fabric=plan["kind"], least_gbit_s=least)
    ]
    if faults:
        probe.stop("; ".join(faults))


def first_port():
    """Where this job's servers listen: one port a run, from here on."""
    return 20000 + int(os.environ["SLURM_JOB_ID"]) % 20000


def run_tool(argv, deadline, partner):
    """One program to its end; raises nothing, ends the probe where it hangs or is not there."""
    try:
        return subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=max(0.1, deadline - time.monotonic())
        )
    except FileNotFoundError:
        probe.stop(f"{argv[0]} is not there on {me()}: install perftest", probe.NOT_TESTABLE)
    except subprocess.TimeoutExpired:
        probe.stop(f"{argv[0]} of {me()} with {partner} ({argv[1]}) hangs since {PATIENCE_S:.1f} s")


def require_end(done, argv, partner):
    """A program that failed is no result."""
    if done.returncode != 0:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        words = " / ".join(said[-2:]) or "no message"
        probe.stop(f"{argv[0]} of {me()} with {partner} ({argv[1]}) ended with {done.returncode}: {words}")


def keep(argv, text):
    """Print what a tool printed into the job's output, which is kept; no line of it looks like a sample."""
    for line in text.splitlines():
        print(f"{argv[0]} {argv[1]}: {line}")


def serve(argv, partner):
    """Wait for the partner, and for the end of the run."""
    require_end(run_tool(argv, time.monotonic() + PATIENCE_S, partner), argv, partner)


def ask(argv, partner):
    """Ask the partner, who may not listen yet."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        done = run_tool(argv, deadline, partner)
        if done.returncode == 0 or perftest.CONNECTION_REFUSED not in done.stderr + done.stdout:
            break
        if time.monotonic() > deadline:
            probe.stop(f"{partner} never answered {argv[0]} of {me()} ({argv[1]})")
        time.sleep(RETRY_S)
    keep(argv, done.stdout + done.stderr)
    require_end(done, argv, partner)


def measure(plan, pair, port, folder):
    """Samples of one pair, from its client; its server has none. Runs take the ports after `port`."""
    for name in plan["rails"]:
        for metric, (tool, unit, factor) in METRICS.items():
            for rep in range(-probe.WARM_UPS, probe.REPETITIONS):
                port += 1
                argv = perftest.serving(tool, name, port, plan["traffic_class"])
                if me() == pair["server"]:
                    serve(argv, pair["client"])
                    continue
                report = folder / f"{port}.json"
                ask(perftest.asking(argv, pair["server"], report), pair["server"])
                keep(argv, report.read_text(errors="replace") if report.exists() else "no report")
                yield probe.sample(metric, factor * read(report, tool, name, plan["kind"]), unit, rep, name)


def read(report, tool, name, fabric):
    """The value of a report; ends the probe where it may not count."""
    try:
        text = report.read_text(errors="replace") if report.exists() else ""
        return perftest.read_report(text, tool, name, fabric)
    except perftest.ReportError as error:
        probe.stop(f"{me()}: {error}")


def run(plan, folder):
    """Both rounds of this node."""
    require_rails(plan)
    before = {name: rails.count_errors(name) for name in plan["rails"]}
    outputs = []
    runs = len(plan["rails"]) * len(METRICS) * (probe.WARM_UPS + probe.REPETITIONS)
    for number, pairs in enumerate(plan["rounds"]):
        port = first_port() + number * runs
        for pair in pairs:
            if me() in (pair["server"], pair["client"]):
                os.environ["MILLWRIGHT_NODE"] = pair["place"]
                outputs.append((pair, list(measure(plan, pair, port, folder))))
    grown = [fault for name, old in before.items() for fault in rails.find_new_errors(name, old)]
    if grown:
        probe.stop(f"{me()}: {'; '.join(grown)}")
    for pair, lines in outputs:
        if me() == pair["client"]:
            os.environ["MILLWRIGHT_NODE"] = pair["place"]
            probe.finish(lines)


def main():
    """Reports are in a folder of this process, which goes with it."""
    plan = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else "plan.json").read_text())
    with tempfile.TemporaryDirectory(prefix="perftest.") as folder:
        run(plan, Path(folder))


if __name__ == "__main__":
    main()
