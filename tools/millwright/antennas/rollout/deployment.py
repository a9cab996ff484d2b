"""Running pyinfra on the gateways, and reading what it changed."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millwright.antennas.ssh.private_files import private_folder
from millwright.core.errors import FailedError
from millwright.core.json_text import load_json
from millwright.core.places import cache_folder, is_installed
from millwright.core.process import run_tool

INVENTORY = "inventories/pyinfra.py"
"""Inventory of the facility that the environment names, below the checkout."""
LIMIT_S = 600
"""Longest run, in seconds: packages may have to be fetched."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a run did: operations on hosts, counted, and the names of those that changed something."""

    operations: int
    changed: tuple[str, ...]

    @property
    def unchanged(self) -> int:
        """Operations that found everything as described."""
        return self.operations - len(self.changed)

    def and_then(self, later: "Deployed") -> "Deployed":
        """Both runs as one."""
        return Deployed(self.operations + later.operations, self.changed + later.changed)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a host stopped: the step that failed, and all that were not done, that one among them."""

    left: tuple[str, ...]

    @property
    def step(self) -> str:
        """The step at which it stopped."""
        return self.left[0]


class GatewaysFailedError(FailedError):
    """Some gateways did not get to the end of their deploy; the others did what ``deployed`` says."""

    def __init__(self, words: str, deployed: Deployed, stopped: Mapping[str, Stop], *, code: str) -> None:
        """Tell in pyinfra's own words, and where each host stopped."""
        super().__init__(words, code=code)
        self.deployed = deployed
        self.stopped = stopped


def inventory_of(facility_file: Path, root: Path) -> Path:
    """The site's own inventory beside the facility file, or the one below the checkout ``root``."""
    own = facility_file.resolve().with_name("pyinfra.py")
    return own if own.is_file() else root / INVENTORY


def naming(facility_file: Path, root: Path) -> dict[str, str]:
    """The environment in which pyinfra's inventory is the one of this facility and the deploy is found."""
    paths = [str(root.resolve()), *filter(None, [os.environ.get("PYTHONPATH")])]
    facility = str(facility_file.resolve())
    return {**os.environ, "MILLWRIGHT_FACILITY": facility, "PYTHONPATH": os.pathsep.join(paths)}


def working_folder(root: Path) -> Path:
    """Where pyinfra is started, and writes what it leaves behind: never within an installed package."""
    return private_folder(cache_folder() / "pyinfra") if is_installed(root) else root


def deploy_gateways(
    facility_file: Path, *, root: Path, groups: Iterable[str] = (), deploy: str = "deploy.py"
) -> Deployed:
    """Bring gateways to their described state with ``antennas/deploy.py``, or a part of it.

    ``root`` is the checkout; ``groups`` limits the run to groups of the inventory.
    Raises :exc:`GatewaysFailedError` with pyinfra's own words where an operation failed on some of them,
    and :exc:`FailedError` if the run as a whole ended before its end.
    """
    limits = [part for group in groups for part in ("--limit", group)]
    arguments = [
        "-y",
        "--json",
        *limits,
        str(inventory_of(facility_file, root)),
        str(root / "antennas" / deploy),
    ]
    command = [sys.executable, "-m", "pyinfra", *arguments]
    done = run_tool(
        command, limit_s=LIMIT_S, folder=working_folder(root), environment=naming(facility_file, root)
    )
    if done.returncode != 0:
        words = f"pyinfra failed on the gateways:\n{_last_words(done.stderr)}"
        if not done.stdout.strip():
            raise FailedError(words, code="MW3101")
        deployed, stopped = _read_result(done.stdout)
        raise GatewaysFailedError(words, deployed, stopped, code="MW3101")
    return parse_result(done.stdout)


def _last_words(text: str) -> str:
    """The last lines that say something; progress and headings say nothing."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("--> ")]
    return "\n".join(lines[-15:])


def parse_result(text: str) -> Deployed:
    """Parse what ``pyinfra --json -y`` prints.

    Raises :exc:`FailedError` if it is no result, or where an operation failed.
    """
    deployed, stopped = _read_result(text)
    if stopped:
        failed = ", ".join(f"{stop.step} on {host}" for host, stop in stopped.items())
        raise GatewaysFailedError(f"pyinfra failed: {failed}", deployed, stopped, code="MW3102")
    return deployed


def _read_result(text: str) -> tuple[Deployed, dict[str, Stop]]:
    """What was done, and where hosts stopped; a step that a host did not come to counts as failed there."""
    try:
        operations: list[dict[str, Any]] = load_json(text)["results"]["operations"]
        changed = tuple(f"{host}: {each['name']}" for each in operations for host in each["success"])
        total = sum(each["hosts"] - len(each["error"]) for each in operations)
        hosts = dict.fromkeys(host for each in operations for host in each["error"])
        stopped = {
            host: Stop(tuple(str(each["name"]) for each in operations if host in each["error"]))
            for host in hosts
        }
    except (ValueError, LookupError, TypeError) as error:
        raise FailedError(f"pyinfra's result can't be read: {error!r}", code="MW3103") from error
    if total == 0 and not stopped:
        raise FailedError("pyinfra ran no operation on any gateway", code="MW3104")
    return Deployed(total, changed), stopped
