"""A rack of seven equal nodes, of which the facility describes as many as a how-to begins with."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.plan import RackPlan
from millwright.rack.session import look_at, open_plan

sys.path.append(str(Path(__file__).parents[1] / "antennas"))  # for their helpers: a user at home

WHOLE = Path(__file__).parent / "cases/site/facility.yaml"
NODES = tuple(f"site-n{number}" for number in range(1, 8))


def millwright(*arguments, code=0, **more):
    done = subprocess.run(
        [sys.executable, "-m", "millwright", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **more},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Site:
    """Hosts that run, and a facility file that says which of them are there."""

    plan: RackPlan
    file: Path

    def describe(self, count: int) -> None:
        """Describe the first nodes only, as if the others had not been bought yet."""
        told = yaml.safe_load(WHOLE.read_text())
        del told["addresses"]["site-n[1-7]"]
        told["addresses"][f"site-n[1-{count}]"] = f"10.95.0.[11-{10 + count}]"
        told["partitions"]["cpu"]["nodes"] = f"site-n[1-{count}]"
        self._write(told)

    def merge(self, told: dict) -> None:
        """Add to the file what a how-to says; a node set that it widens goes."""
        found = yaml.safe_load(self.file.read_text())
        if any(name.startswith("site-n[1-") for name in told.get("addresses", {})):
            found["addresses"] = {k: v for k, v in found["addresses"].items() if "n[1-" not in k}
        for key, values in told.items():
            for name, value in values.items():
                mine = found.setdefault(key, {}).get(name)
                found[key][name] = mine | value if isinstance(mine, dict) else value
        self._write(found)

    def _write(self, told: dict) -> None:
        self.file.write_text(yaml.safe_dump(told, sort_keys=False))

    def millwright(self, *arguments: str, code: int = 0) -> str:
        """Run a command that is no part of the how-to."""
        return millwright(*arguments, code=code)

    def on(self, host: str, command: str) -> str:
        """Run a shell command on a host."""
        done = subprocess.run(
            ["ssh", "-F", str(self.plan.ssh_config), host, command],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def states(self) -> dict[str, str]:
        """Slurm's word for each node that it knows."""
        lines = self.on("site-ctl", "sinfo -h -N -o '%N %T'").splitlines()
        return dict(line.split() for line in lines)

    def renew(self, nodes: Sequence[str]) -> None:
        """Put empty machines in place of nodes: their addresses and names stay, all else is new."""
        for node in nodes:
            self.switch_off(node)
        millwright("rack", "up", "--facility", str(WHOLE))

    def switch_off(self, node: str) -> None:
        """Nothing of the node runs any more from one moment to the next."""
        cgroup_of(find_hierarchies(MOUNTINFO.read_text()), self.plan.name, node).kill()


@pytest.fixture(scope="session")
def whole_site(rack_or_reason, tmp_path_factory):
    """The rack, up; taken down at the end only if it was down before."""
    plan, folder = open_plan(str(WHOLE)), tmp_path_factory.mktemp("site")
    shutil.copytree(WHOLE.parent / "group_vars", folder / "group_vars")
    before = look_at(plan)
    try:
        if not before.is_up:
            millwright("rack", "up", "--facility", str(WHOLE))
        yield Site(plan, folder / "facility.yaml")
    finally:
        if before.is_down:
            millwright("rack", "down", "--facility", str(WHOLE))


@pytest.fixture
def described(whole_site):
    """A function: the site in its declared state, its first nodes described and all of them in service."""

    def begin(count: int) -> Site:
        whole_site.describe(count)
        millwright("apply", str(whole_site.file))
        wait_until(lambda: set(whole_site.states()) == set(NODES[:count]))
        drained = json.loads(millwright("nodes", "status", str(whole_site.file), "--json"))["nodes"]
        for line in drained:
            if line["owner"]:
                named = ("--force-owner", line["owner"])
                millwright("nodes", "resume", str(whole_site.file), line["node"], *named)
        wait_until(lambda: set(whole_site.states().values()) == {"idle"})
        return whole_site

    return begin


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)
