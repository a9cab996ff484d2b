"""What an apply would change on gateways and at the factory; nothing is touched, here or there."""

import contextlib
import datetime
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millwright.adapters.ansible.events import ApplyOptions
from millwright.adapters.ansible.playbook import apply
from millwright.antennas.rollout.deployment import LIMIT_S, inventory_of, naming, working_folder
from millwright.antennas.rollout.factory_side import PLAYBOOK
from millwright.antennas.ssh.private_files import private_folder, write_whole
from millwright.core.errors import ExitCode, FailedError
from millwright.core.json_text import load_json
from millwright.core.places import STATE_VARIABLE
from millwright.core.process import run_tool
from millwright.facility.model import Facility

KEPT = ("ca", "hosts", "trust", "wireguard")
"""Parts of the state folder that an apply reads or writes."""
STAND_IN_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
"""Stands for the factory's key where the first apply has yet to make it."""
DIFF_LINE = re.compile(r"^ {4}(\[\S+\]\s+(?:Will|Would) .*|  .*)$")


@dataclass(frozen=True, slots=True)
class Change:
    """One step of an apply that would change a host."""

    host: str
    step: str


@contextlib.contextmanager
def scratch_state(state: Path) -> Iterator[Path]:
    """A copy of what an apply reads, which every tool takes for the state folder meanwhile."""
    root = Path(tempfile.mkdtemp(dir=private_folder(state.parent), prefix=".plan-"))
    before = os.environ.get(STATE_VARIABLE)
    try:
        for name in KEPT:
            if (state / name).is_dir():
                shutil.copytree(state / name, root / state.name / name)
        private_folder(root / state.name)
        os.environ[STATE_VARIABLE] = str(root)
        yield root / state.name
    finally:
        os.environ.pop(STATE_VARIABLE)
        if before is not None:
            os.environ[STATE_VARIABLE] = before
        shutil.rmtree(root, ignore_errors=True)


def stand_in_for_factory_key(state: Path) -> bool:
    """Where the factory has no key yet, put one that stands for it; whether that was so."""
    file = state / "wireguard" / "factory.pub"
    if file.exists():
        return False
    write_whole(file, f"{STAND_IN_KEY}\n", mode=0o644)
    return True


def plan_gateways(facility_file: Path, root: Path, groups: Iterable[str]) -> tuple[tuple[Change, ...], str]:
    """What pyinfra would change; ``root`` is the checkout, ``groups`` limits the gateways."""
    limits = [part for group in groups for part in ("--limit", group)]
    files = (inventory_of(facility_file, root), root / "antennas" / "deploy.py")
    options = ["--dry", "--diff", "--json", *limits, *map(str, files)]
    command = [sys.executable, "-m", "pyinfra", *options]
    done = run_tool(
        command, limit_s=LIMIT_S, folder=working_folder(root), environment=naming(facility_file, root)
    )
    if done.returncode != 0:
        raise FailedError(f"pyinfra could not plan:\n{done.stderr.strip()[-1500:]}", code="MW3105")
    return parse_plan(done.stdout), parse_diff(done.stderr)


def parse_plan(text: str) -> tuple[Change, ...]:
    """Parse what ``pyinfra --dry --json`` prints; raises :exc:`FailedError` if it is no plan."""
    try:
        operations: list[dict[str, Any]] = load_json(text)["plan"]
        found = [Change(host, each["name"]) for each in operations for host in each["hosts_with_change"]]
    except (ValueError, LookupError, TypeError) as error:
        raise FailedError(f"pyinfra's plan can't be read: {error!r}", code="MW3106") from error
    if not operations:
        raise FailedError("pyinfra planned no operation on any gateway", code="MW3107")
    return tuple(found)


def parse_diff(text: str) -> str:
    """The changed lines of files among what ``pyinfra --dry --diff`` prints on the way."""
    lines = [found[1] for line in text.splitlines() if (found := DIFF_LINE.match(line))]
    return "".join(f"{line.rstrip()}\n" for line in lines if not line.strip().startswith("Loading:"))


def plan_factory(
    facility_file: Path, facility: Facility, *, state: Path, now: datetime.datetime
) -> tuple[tuple[Change, ...], str, dict[str, str]]:
    """What the factory's play would change; hosts that could not be asked come last."""
    steps: list[Change] = []

    def follow(event: Mapping[str, object]) -> None:
        if event.get("event") == "result" and event.get("status") == "changed":
            steps.append(Change(str(event["host"]), str(event["task"])))

    options = ApplyOptions(check=True, diff=True, playbook=PLAYBOOK)
    result = apply(facility_file, facility, options, state=state, now=now, on_event=follow)
    failures = {each.host: f"{each.task}: {each.message}" for each in result.failures}
    if result.exit_code is ExitCode.FAIL:
        words = "; ".join(f"{host}: {why}" for host, why in failures.items())
        raise FailedError(f"the factory's side can't be planned: {words or 'Ansible failed'}", code="MW4306")
    diff = "".join(f"[{', '.join(each.hosts)}] {each.task}\n{each.text}\n" for each in result.changes)
    return tuple(steps), diff, failures
