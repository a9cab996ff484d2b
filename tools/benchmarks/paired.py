"""Two commands for the same state of the same hosts, one after the other, and the ratio of their times."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACILITY = Path(__file__).resolve().parent / "sixteen_nodes" / "facility.yaml"
NODES = "partition_cpu"
FORKS = 16


@dataclass(frozen=True, slots=True)
class Timed:
    """One command that ended well."""

    seconds: float
    changed: dict[str, int]
    """Changed tasks of each host."""
    used_ansible: bool


def plain(facility: Path, limit: str = NODES) -> Timed:
    """``ansible-playbook`` with pipelining, as the shipped configuration sets it."""
    argv = [sys.executable, "-m", "ansible", "playbook", f"--inventory={facility}", f"--forks={FORKS}"]
    seconds, output = _run([*argv, f"--limit={limit}", str(ROOT / "playbooks/site.yml")])
    recap = re.findall(r"^(\S+) .*\bchanged=(\d+)", output.rpartition("PLAY RECAP")[2], re.MULTILINE)
    return Timed(seconds, {host: int(changed) for host, changed in recap}, used_ansible=True)


def ours(facility: Path, limit: str = NODES) -> Timed:
    """``millwright apply``, all hosts in one wave as plain Ansible has them."""
    argv = [sys.executable, "-m", "millwright", "apply", str(facility), "--limit", limit, "--json"]
    seconds, output = _run([*argv, "--canary=0", f"--wave-size={FORKS * 8}"])
    found = json.loads(output)
    return Timed(
        seconds, {host["host"]: host["changed"] for host in found["hosts"]}, used_ansible=bool(found["log"])
    )


def _run(argv: Sequence[str]) -> tuple[float, str]:
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
    begun = time.monotonic()
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    if done.returncode:
        sys.exit(f"{' '.join(argv)} ended with {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return seconds, done.stdout


def require(condition: bool, text: str) -> None:
    """End where a measurement would not mean what it says."""
    if not condition:
        sys.exit(f"no measurement: {text}")


def conclude(name: str, pairs: Sequence[tuple[Timed, Timed]], bound: float) -> int:
    """Print the times and the median of the pairs' ratios; 1 where it is above the bound."""
    ratios = sorted(one.seconds / other.seconds for other, one in pairs)
    ratio = ratios[len(ratios) // 2]
    outcome = {
        "benchmark": name,
        "hosts": len(pairs[0][1].changed),
        "plain_ansible_s": [round(other.seconds, 2) for other, _ in pairs],
        "millwright_s": [round(one.seconds, 2) for _, one in pairs],
        "ratio": round(ratio, 4),
        "bound": round(bound, 4),
        "holds": ratio <= bound,
    }
    sys.stdout.write(json.dumps(outcome, indent=2) + "\n")
    return 0 if ratio <= bound else 1
