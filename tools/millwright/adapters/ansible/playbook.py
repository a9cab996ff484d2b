"""Runs the playbooks on a facility, as ``ansible-playbook -i FACILITY playbooks/site.yml`` does."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event, parse_event, summarize
from millwright.adapters.ansible.inventory import AnsibleInventory, build_inventory
from millwright.adapters.ansible.leftover_workers import end_leftovers
from millwright.adapters.ansible.stored_inventory import VARIABLE
from millwright.adapters.here.facility_lock import note_ansible, only_one
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.places import as_typed, product_root
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility

KEPT_LOGS = 50
LONGEST_LIMIT = 64 * 1024
"""Characters; the kernel takes twice as many in one argument."""
WAIT_S = 0.1
EVENTS_VARIABLE = "MILLWRIGHT_EVENTS"
ENDING_S = 30.0
"""How long Ansible may take to end its workers once it was told to."""
STRATEGY = "mitogen_linear"
"""How tasks reach hosts unless ``ANSIBLE_STRATEGY`` says otherwise: docs/decisions/0026-mitogen.md."""


def apply(  # noqa: PLR0913 - time, state and progress are given, not taken from the surroundings
    file: Path,
    facility: Facility,
    options: ApplyOptions,
    *,
    state: Path,
    now: datetime,
    on_event: Callable[[Event], None],
) -> ApplyResult:
    """Bring the hosts of a facility to their state and return what happened on each.

    ``state`` is the facility's folder for what does not belong in git; the log of the run is in
    its ``logs/``. Raises :exc:`BadInputError` where the limit names unknown hosts,
    :exc:`NotTestableError` while another run on the facility is under way, and :exc:`FailedError`
    where Ansible did not get as far as the hosts.
    """
    if not selected_hosts(file, facility, build_inventory(facility, file), options.limit):
        return ApplyResult((), (), (), status=0, log=None, seconds=0.0)
    with only_one(state, facility.name, now) as lock:
        log = new_log(state, now)
        return run_playbook(playbook_argv(file, with_short_limit(options, state)), log, lock, on_event)


def selected_hosts(
    file: Path, facility: Facility, inventory: AnsibleInventory, limit: Sequence[str]
) -> tuple[str, ...]:
    """The hosts that a limit names, in the inventory's order; all that are provisioned where it is empty.

    Raises :exc:`BadInputError` where it names a host that is not provisioned.
    """
    problems = [
        *_find_limit_problems(limit, inventory, facility.name, as_typed(file)),
        *_find_name_problems(file),
    ]
    if problems:
        raise BadInputError(problems)
    named = {host for name in limit for host in inventory.groups.get(name, (name,))}
    return tuple(host for host in inventory.groups["managed"] if not limit or host in named)


def playbook_argv(file: Path, options: ApplyOptions) -> list[str]:
    """Arguments that run a playbook with this Python's Ansible."""
    return [
        *(sys.executable, "-m", "ansible", "playbook", f"--inventory={file.resolve()}"),
        *(["--check"] if options.check else []),
        *(["--diff"] if options.diff else []),
        *([f"--limit={','.join(options.limit)}"] if options.limit else []),
        *([f"--tags={','.join(options.tags)}"] if options.tags else []),
        *([f"--skip-tags={','.join(options.skipped_tags)}"] if options.skipped_tags else []),
        *([f"--extra-vars={json.dumps(dict(options.variables))}"] if options.variables else []),
        str(product_root() / "playbooks" / options.playbook),
    ]


def with_short_limit(options: ApplyOptions, state: Path) -> ApplyOptions:
    """Thousands of hosts do not fit into one argument: they are in a file, which the lock guards."""
    if sum(len(name) + 1 for name in options.limit) < LONGEST_LIMIT:
        return options
    hosts = state / "apply.limit"
    hosts.write_text("".join(f"{name}\n" for name in options.limit), encoding="utf-8")
    return replace(options, limit=(f"@{hosts}",))


def _find_name_problems(file: Path) -> Iterator[Problem]:
    if not file.name.endswith(("facility.yaml", "facility.yml")):
        yield Problem(
            str(file),
            "-",
            "Ansible would not recognise this file as a facility",
            "a name that ends in facility.yaml",
            code="MW3003",
        )


def _find_limit_problems(
    limit: Sequence[str], inventory: AnsibleInventory, facility: str, typed: str
) -> Iterator[Problem]:
    managed, gateways = set(inventory.groups["managed"]), set(inventory.groups["gateways"])
    for name in limit:
        hosts = set(inventory.groups.get(name, (name,)))
        if hosts & gateways - managed:
            expected = f"a host of the factory; millwright antenna apply {typed} is for gateways"
            yield Problem("--limit", name, "a gateway, which pyinfra manages", expected, code="MW2107")
        elif not hosts <= managed:
            hint = did_you_mean(name, [*managed, *inventory.groups])
            expected = f"a host or group of {facility} (ansible-inventory --graph lists them){hint}"
            yield Problem("--limit", name, "no such host or group to provision", expected, code="MW2108")


def new_log(state: Path, now: datetime) -> Path:
    """Name of a new log; the oldest of more than ``KEPT_LOGS`` go, with their events."""
    folder = state / "logs"
    folder.mkdir(exist_ok=True, mode=0o700)
    for old in sorted(folder.glob("apply-*"))[: -2 * KEPT_LOGS]:
        old.unlink()
    return folder / f"apply-{now:%Y%m%dT%H%M%S.%fZ}.log"


def run_playbook(  # noqa: PLR0913 - everything that one run is given
    argv: Sequence[str],
    log: Path,
    lock: int,
    on_event: Callable[[Event], None],
    *,
    declared: Path | None = None,
    inventory: Path | None = None,
) -> ApplyResult:
    """Run Ansible while the facility's lock is held.

    ``declared`` is where it tells what tasks declare, ``inventory`` a stored one that it need not build.
    """
    stream = log.with_suffix(".events.jsonl")
    for file in (log, stream):
        file.touch(mode=0o600, exist_ok=False)
    begun = time.monotonic()
    events: list[Event] = []
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=product_root(),
            env=_environment(stream, declared, inventory),
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C at a terminal reaches it in order, through us
        )
        try:
            note_ansible(lock, process.pid)
            for event in _follow(stream, process):
                events.append(event)
                on_event(event)
        finally:
            _end(process)
            end_leftovers(lock, _marker(stream))
    result = summarize(events, status=process.returncode, log=log, seconds=time.monotonic() - begun)
    if process.returncode and not result.hosts:
        raise FailedError(
            f"Ansible stopped before it reached a host; its log is {log}\n{_end_of(log)}", code="MW3004"
        )
    return result


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let Ansible end its workers and itself, where it still runs; kill it if it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDING_S)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # not yet waited for, so the number is still its own
            process.wait()


def _environment(stream: Path, declared: Path | None, inventory: Path | None) -> dict[str, str]:
    return {
        "ANSIBLE_STRATEGY": STRATEGY,
        **os.environ,
        "ANSIBLE_STRATEGY_PLUGINS": str(strategy_plugins()),
        VARIABLE: str(inventory or ""),
        **({"MILLWRIGHT_DECLARED": str(declared)} if declared else {}),
        "ANSIBLE_CONFIG": str(product_root() / "ansible.cfg"),
        "ANSIBLE_CALLBACKS_ENABLED": "progress,declared" if declared else "progress",
        "ANSIBLE_NOCOLOR": "1",
        EVENTS_VARIABLE: str(stream),
    }


def _marker(stream: Path) -> str:
    """What is in the environment of every process of this run, and of no other."""
    return f"{EVENTS_VARIABLE}={stream}"


def strategy_plugins() -> Path:
    """Folder of Mitogen's strategies, found without importing Mitogen."""
    mitogen = importlib.util.find_spec("ansible_mitogen")
    if mitogen is None or mitogen.origin is None:
        raise FailedError("Mitogen is not installed; make setup brings it", code="MW3005")
    return Path(mitogen.origin).parent / "plugins" / "strategy"


def _follow(path: Path, process: subprocess.Popen[bytes]) -> Iterator[Event]:
    """Events as they are written, until the process has ended and everything was read."""
    rest = ""
    with path.open(encoding="utf-8") as stream:
        while True:
            ended = process.poll() is not None
            rest += stream.read()
            *lines, rest = rest.split("\n")
            yield from map(parse_event, lines)
            if ended:
                return
            time.sleep(WAIT_S)


def _end_of(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-lines:])
