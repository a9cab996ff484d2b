"""Running pyinfra on the gateways, and reading what it changed."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millwright.antennas.commands import run_tool
from millwright.errors import FailedError

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


def inventory_of(facility_file: Path, root: Path) -> Path:
    """The site's own inventory beside the facility file, or the one below the checkout ``root``."""
    own = facility_file.resolve().with_name("pyinfra.py")
    return own if own.is_file() else root / INVENTORY


def naming(facility_file: Path) -> dict[str, str]:
    """The environment in which pyinfra's inventory is the one of this facility."""
    return {**os.environ, "MILLWRIGHT_FACILITY": str(facility_file.resolve())}


def deploy_gateways(
    facility_file: Path, *, root: Path, groups: Iterable[str] = (), deploy: str = "deploy.py"
) -> Deployed:
    """Bring gateways to their described state with ``antennas/deploy.py``, or a part of it.

    ``root`` is the checkout; ``groups`` limits the run to groups of the inventory.
    Raises :exc:`FailedError` with pyinfra's own words where an operation failed.
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
    done = run_tool(command, limit_s=LIMIT_S, folder=root, environment=naming(facility_file))
    if done.returncode != 0:
        raise FailedError(f"pyinfra failed on the gateways:\n{_last_words(done.stderr)}")
    return parse_result(done.stdout)


def _last_words(text: str) -> str:
    """The last lines that say something; progress and headings say nothing."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("--> ")]
    return "\n".join(lines[-15:])


def parse_result(text: str) -> Deployed:
    """Parse what ``pyinfra --json -y`` prints.

    Raises :exc:`FailedError` where it is no result, or where an operation failed.
    """
    try:
        operations: list[dict[str, Any]] = json.loads(text)["results"]["operations"]
        failed = [f"{each['name']} on {host}" for each in operations for host in each["error"]]
        changed = tuple(f"{host}: {each['name']}" for each in operations for host in each["success"])
        total = sum(each["hosts"] for each in operations)
    except (ValueError, LookupError, TypeError) as error:
        raise FailedError(f"pyinfra's result can't be read: {error!r}") from error
    if failed:
        raise FailedError(f"pyinfra failed: {', '.join(failed)}")
    if total == 0:
        raise FailedError("pyinfra ran no operation on any gateway")
    return Deployed(total, changed)
