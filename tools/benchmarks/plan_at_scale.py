"""Time and peak memory of planning and dispatching a change to thousands of simulated nodes.

Each size runs in a process of its own: load the facility, plan the waves, digest the declared state, build
the inventory, dispatch every wave to a transport that answers at once (with the journal, which is synced,
and the merged report), and in every wave do what an apply does where each node needs Ansible: find out what
decides about the nodes' roles, store the wave's inventory, and let Ansible itself parse it. No host is
contacted, and no process of Ansible started: its start takes the same time for any number of nodes.

Example: .venv/bin/python tools/benchmarks/plan_at_scale.py --nodes 6250 --nodes 25000
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from simulated_facility import facility_text

from millwright.adapters.ansible.events import ApplyResult, HostCounts
from millwright.adapters.ansible.stored_inventory import VARIABLE, write_inventory
from millwright.app.change.apply_report import make_report, report_text
from millwright.core.places import product_root
from millwright.facility import load_facility
from millwright.fleet.look.role_sources import Sources, sources_of
from millwright.fleet.look.state_digest import declared_files, digest_of
from millwright.fleet.rollout.journal import open_journal
from millwright.fleet.rollout.request import plan_request, request_from
from millwright.fleet.rollout.run_waves import RolloutContext, roll_out
from millwright.fleet.rollout.stored_report import store_report
from millwright.fleet.rollout.waves import Wave

Result = TypeVar("Result")
DEFAULT_NODES = (6250, 25000)
LIMIT_S, LIMIT_MIB = 30.0, 2048.0
MOST_GROWTH = 1.5
"""Times as much processor time a node at the larger size; linear growth is 1."""


@dataclass
class Transport:
    """Takes the place of the hosts: every one is as declared, after Ansible has parsed who they are."""

    sources: Sources
    folder: Path
    with_ansible: bool
    waves: int = 0
    parsing_s: float = 0.0

    def converge(self, wave: Wave) -> ApplyResult:
        """What an apply does in a wave on this machine."""
        self.waves += 1
        self.sources.read_again()
        for host in wave.hosts:
            self.sources.basis(host)
        stored = self.folder / f"wave-{self.waves}.inventory.json"
        write_inventory(self.sources.narrowing.to(wave.hosts), stored)
        if self.with_ansible:
            begun = time.perf_counter()
            parse_by_ansible(self.sources.file, wave.hosts, stored)
            self.parsing_s += time.perf_counter() - begun
        stored.unlink()
        return answer_at_once(wave)


def answer_at_once(wave: Wave) -> ApplyResult:
    """Every host is as declared."""
    counts = tuple(HostCounts(host, ok=30, changed=0, failed=0, unreachable=0) for host in wave.hosts)
    return ApplyResult(counts, (), (), status=0, log=None, seconds=0.0)


def measure(nodes: int, folder: Path, *, with_ansible: bool) -> tuple[dict[str, float], int]:
    """Seconds of each step, by its name, and how many waves would start Ansible."""
    file = folder / "facility.yaml"
    file.write_text(facility_text(nodes), encoding="utf-8")
    seconds: dict[str, float] = {}

    def timed(name: str, step: Callable[[], Result]) -> Result:
        begun = time.perf_counter()
        result = step()
        seconds[name] = time.perf_counter() - begun
        return result

    facility = timed("load", lambda: load_facility(file))
    waves = timed("waves", lambda: plan_request(file, facility, request_from())).waves
    digest = timed("digest", lambda: digest_of(declared_files(file, product_root()), product_root()))
    sources = timed("inventory", lambda: sources_of(file, facility, folder))
    transport = Transport(sources, folder, with_ansible)
    timed("dispatch", lambda: dispatch(waves, digest, folder, transport))
    seconds["dispatch"] -= transport.parsing_s
    return seconds | {"Ansible parses": transport.parsing_s}, transport.waves


def dispatch(waves: Sequence[Wave], digest: str, folder: Path, transport: Transport) -> None:
    """All waves with their journal, then the report; every host must be in it."""
    journal = open_journal(folder, "apply", "run")
    context = RolloutContext(
        converge=transport.converge,
        lost=lambda _: {},
        clock=lambda: datetime.now(UTC),
        report=lambda *_: None,
        wait=lambda _: None,
    )
    outcome = roll_out(waves, request_from().budget, journal, digest, context)
    if len(outcome.lines) != sum(len(wave.hosts) for wave in waves):
        raise RuntimeError("hosts are missing from the report")
    report = make_report(outcome, "simulated", "simulated", run_id=journal.run_id, folder=journal.folder)
    store_report(journal.folder, report.model_dump(mode="json"), report_text(report))


def parse_by_ansible(file: Path, hosts: Sequence[str], stored: Path) -> None:
    """What ``ansible-playbook`` does before its first play, told of the wave's inventory as by an apply."""
    os.environ["ANSIBLE_CONFIG"] = str(product_root() / "ansible.cfg")
    os.environ[VARIABLE] = str(stored)
    from ansible.inventory.manager import InventoryManager  # noqa: PLC0415 - reads its configuration when imported
    from ansible.parsing.dataloader import DataLoader  # noqa: PLC0415
    from ansible.plugins.loader import init_plugin_loader  # noqa: PLC0415

    init_plugin_loader([])
    manager = InventoryManager(DataLoader(), sources=[str(file)])
    manager.subset(",".join(hosts))
    if {host.name for host in manager.get_hosts("managed")} != set(hosts):
        raise RuntimeError("Ansible found other hosts than those of the wave")


def run_apart(nodes: int, *, with_ansible: bool) -> dict[str, float]:
    """Measure one size in a fresh process: seconds of each step, their ``total``, and what they took."""
    command = [
        sys.executable,
        __file__,
        "--child",
        str(nodes),
        *([] if with_ansible else ["--without-ansible"]),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Print a line for each size and the growth between the smallest and the largest; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, action="append", help="size; may be given again")
    parser.add_argument("--without-ansible", action="store_true", help="leave out Ansible's own parsing")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        with tempfile.TemporaryDirectory() as folder:
            begun = time.process_time()
            seconds, runs = measure(given.child, Path(folder), with_ansible=not given.without_ansible)
            processor = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        outcome = {
            **seconds,
            "total": sum(seconds.values()),
            "runs": runs,
            "processor": processor,
            "peak MiB": peak,
        }
        sys.stdout.write(json.dumps(outcome))
        return 0
    sizes = sorted(set(given.nodes or DEFAULT_NODES))
    found = {nodes: run_apart(nodes, with_ansible=not given.without_ansible) for nodes in sizes}
    growth = (found[sizes[-1]]["processor"] / found[sizes[0]]["processor"]) / (sizes[-1] / sizes[0])
    largest = found[sizes[-1]]
    good = largest["total"] < LIMIT_S and largest["peak MiB"] < LIMIT_MIB and growth < MOST_GROWTH
    if given.json:
        sys.stdout.write(json.dumps({"sizes": found, "growth": growth, "good": good}) + "\n")
    else:
        for nodes, values in found.items():
            line = ", ".join(f"{name} {value:.2f}" for name, value in values.items())
            sys.stdout.write(f"{nodes} nodes (seconds): {line}\n")
        sys.stdout.write(f"growth a node: {growth:.2f} (linear is 1.00, at most {MOST_GROWTH})\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
