"""Nothing to change on 16 nodes: ``millwright apply`` against ``ansible-playbook``, and what a look finds.

After the paired runs one thing of each kind is changed by hand on the first node: the next look has to
find every one, and the next apply has to repair it, or the measurement does not count.

Example: .venv/bin/python tools/benchmarks/converge_unchanged.py --pairs 1
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from paired import FACILITY, ROOT, conclude, ours, plain, require

from millwright.facility import load_facility

BOUND = 1 / 10
LIMITS = "/etc/security/limits.d/60-millwright.conf"
TAMPER = {
    LIMITS: f"echo '# by hand' >> {LIMITS}",
    "/etc/munge/munge.key": "chown root /etc/munge/munge.key",
    "/etc/systemd/system/slurmd.service.d/millwright.conf": (
        "chmod 0600 /etc/systemd/system/slurmd.service.d/millwright.conf"
    ),
    "/etc/default/prometheus-node-exporter": "rm /etc/default/prometheus-node-exporter",
    "/etc/localtime": "ln -sfn /usr/share/zoneinfo/Europe/Berlin /etc/localtime",
    "block in /etc/hosts": "sed -i 's/sixteen-ctl/elsewhere/' /etc/hosts",
    "service munge": "systemctl stop munge",
    "service chrony": "systemctl disable chrony 2>/dev/null",
    "setting net.core.somaxconn": "sysctl -q -w net.core.somaxconn=77",
    "service scratch.mount": "umount /scratch",
    "mwbench has the id 19999": "userdel --force mwbench 2>/dev/null",
    "package slurm-client": "dpkg --remove --force-depends slurm-client >/dev/null",
}
"""What is changed by hand, under the name that ``millwright drift`` has for it."""


def main() -> int:
    """Measure, tamper, repair."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=1, help="how often each of the two runs")
    parser.add_argument("--facility", type=Path, default=FACILITY)
    parser.add_argument("--node", default="sixteen-c1", help="where things are changed by hand afterwards")
    given = parser.parse_args()
    ours(given.facility)  # whatever the last session left is put right first
    pairs = []
    for _ in range(given.pairs):
        pair = plain(given.facility), ours(given.facility)
        for timed in pair:
            require(not any(timed.changed.values()), f"something was changed: {timed.changed}")
        require(not pair[1].used_ansible, "Ansible was started although nothing had changed")
        pairs.append(pair)
    code = conclude("nothing to change", pairs, BOUND)
    found = _tamper(given.facility, given.node)
    require(found >= set(TAMPER), f"a look did not find {sorted(set(TAMPER) - found)}")
    repaired = ours(given.facility, given.node)
    require(bool(repaired.changed[given.node]), "apply repaired nothing")
    left = json.loads(_call("drift", str(given.facility), "--limit", given.node, "--json"))["differences"]
    require(not left, f"after the repair these differ: {left}")
    sys.stdout.write(f"found and repaired: {', '.join(sorted(TAMPER))}\n")
    return code


def _tamper(facility: Path, node: str) -> set[str]:
    """Change one thing of each kind by hand; what a look finds then."""
    config = Path(load_facility(facility).ssh.config or "/dev/null").expanduser()
    argv = ["ssh", "-F", str(config), node, " ; ".join(TAMPER.values())]
    subprocess.run(argv, check=True, capture_output=True)
    reported = json.loads(_call("drift", str(facility), "--limit", node, "--json", code=1))
    return {difference["what"] for difference in reported["differences"]}


def _call(*arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "millwright", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == code, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
