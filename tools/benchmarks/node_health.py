"""What a run of the node health check costs a node, beside the start of an empty Python.

Pairs on one node, one after the other: an empty interpreter with the program's own options, and the program
as slurmd starts it, but for ``--report-only``. Ends with 1 where the median ratio of processor times is
beyond the bound: what a node loses to the check is then not the price of starting it any more.
"""

import argparse
import json
import statistics
import subprocess
import sys

BOUND = 10.0
"""Processor time of a run over that of an empty interpreter, both with their children."""

ON_THE_NODE = """
import json, resource, subprocess, sys, time
EMPTY = ["/usr/bin/python3", "-IS", "-c", "pass"]
PROGRAM = ["/usr/local/sbin/millwright-node-health", "--report-only"]
def timed(argv):
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(argv, stdout=subprocess.PIPE)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall, "cpu_s": cpu, "code": done.returncode, "printed": done.stdout.decode()}
print(json.dumps([[timed(EMPTY), timed(PROGRAM)] for _ in range(int(sys.argv[1]))]))
"""


def measure(ssh: list[str], node: str, pairs: int) -> list[list[dict[str, float]]]:
    """Pairs of an empty start and a run, each with its seconds."""
    done = subprocess.run(
        ["ssh", *ssh, node, "python3", "-", str(pairs)],
        input=ON_THE_NODE,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"no measurement: {done.stderr.strip()}")
    found: list[list[dict[str, float]]] = json.loads(done.stdout)
    return found


def main() -> int:
    """Measure, print, and judge the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--ssh-config", required=True, help="OpenSSH configuration that reaches the node")
    parser.add_argument("--node", default="rack-c1")
    parser.add_argument("--pairs", type=int, default=21)
    asked = parser.parse_args()
    pairs = measure(["-F", asked.ssh_config], asked.node, asked.pairs)
    verdict = json.loads(str(pairs[-1][1]["printed"]))["verdict"]
    if verdict != "ok":
        sys.exit(f"no measurement: the node is {verdict}, and a healthy one was to be measured")
    ratios = {unit: print_ratio(pairs, unit) for unit in ("cpu_s", "wall_s")}
    is_met = ratios["cpu_s"] <= BOUND
    print(f"bound for processor time: {BOUND:g}: {'met' if is_met else 'missed'}")
    return 0 if is_met else 1


def print_ratio(pairs: list[list[dict[str, float]]], unit: str) -> float:
    """Print the medians of a time and return the median ratio of the pairs."""
    empty, program = (statistics.median(pair[place][unit] for pair in pairs) for place in (0, 1))
    ratios = sorted(pair[1][unit] / pair[0][unit] for pair in pairs)
    ratio = statistics.median(ratios)
    print(
        f"{unit}: empty start {empty:.4f}, health check {program:.4f}, "
        f"ratio {ratio:.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f}, {len(ratios)} pairs)"
    )
    return ratio


if __name__ == "__main__":
    sys.exit(main())
