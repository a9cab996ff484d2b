"""``millwright apply``: bring the hosts of a facility to their declared state."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.antennas.certificates import ensure_user_ca
from millwright.cli.rack_progress import LiveSteps, PlainSteps, shown
from millwright.errors import BadInputError, Problem
from millwright.facility import load_facility
from millwright.facility.names import expand, fold
from millwright.facility.places import facility_file, state_folder
from millwright.fleet.converge import converge
from millwright.readers.ansible_events import ApplyOptions, ApplyResult, Event, HostCounts

STYLES = {"ok": "green", "changed": "yellow", "failed": "bold red", "unreachable": "bold magenta"}
MAX_ROWS = 40


def command(
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show changes of files line by line.")] = False,
    limit: Annotated[str, typer.Option(help="Hosts as a node set, or groups: rack-c[1-2],login.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> int:
    """Bring the hosts of a facility to their declared state; again changes nothing.

    The same as: ansible-playbook -i inventories/rack/facility.yaml playbooks/site.yml

    Example: millwright apply rack --check --diff --limit rack-c[1-2]
    """
    file = facility_file(facility)
    described = load_facility(file)
    state = state_folder(described.name)
    options = ApplyOptions(check=check, diff=diff, limit=_expand_limit(limit))
    if described.antennas and not check:
        ensure_user_ca(state)
    now = datetime.datetime.now(datetime.UTC)
    with shown() as steps:
        result = converge(file, described, options, state=state, now=now, on_event=_Narrator(steps))
    if as_json:
        typer.echo(json.dumps(_as_data(result), indent=2))
    else:
        _print(result, described.name, check=check)
    return result.exit_code


def _expand_limit(limit: str) -> tuple[str, ...]:
    if not limit:
        return ()
    try:
        return expand(limit)
    except Exception as error:  # ClusterShell raises several unrelated types
        raise BadInputError(
            [Problem("--limit", limit, f"not a node set ({error})", "for example rack-c[1-2]")]
        ) from error


class _Narrator:
    """Turns events into steps: one for each play, saying the task that is under way."""

    def __init__(self, steps: LiveSteps | PlainSteps) -> None:
        self._steps = steps
        self._play = ""
        self._changed = 0

    def __call__(self, event: Event) -> None:
        kind = event["event"]
        if kind in {"play", "stats"}:
            if self._play:
                self._steps.done(self._play, f"{self._changed} changed" if self._changed else "as declared")
            self._play, self._changed = str(event.get("name", "")), 0
        if kind == "task":
            self._steps.step(self._play, str(event["name"]))
        self._changed += event.get("status") == "changed"


def _as_data(result: ApplyResult) -> dict[str, object]:
    return {
        "exit_code": result.exit_code,
        "hosts": [{**asdict(host), "state": host.state} for host in result.hosts],
        "failures": [asdict(failure) for failure in result.failures],
        "changes": [asdict(change) for change in result.changes],
        "log": str(result.log) if result.log else None,
        "seconds": round(result.seconds, 1),
    }


def _print(result: ApplyResult, facility: str, *, check: bool) -> None:
    console = Console()
    if result.log is None:
        console.print(Text(f"{facility} has no host that Ansible provisions: nothing to do."))
        return
    for change in result.changes:
        console.print(Text(f"{fold(change.hosts)}: {change.task}", style="bold"))
        console.print(Text(change.text))
    console.print(_table(result.hosts, check=check))
    for failure in result.failures:
        console.print(Text(f"{failure.host}: {failure.task}: {failure.message}", style="red"))
    console.print(Text(_last_line(result, facility, check=check)))
    console.print(Text(f"{result.seconds:.0f} s, log: {_from_home(result.log)}", style="dim"))


def _table(hosts: Iterable[HostCounts], *, check: bool) -> Table:
    """One line a host; many hosts with equal counts share one."""
    rows: dict[tuple[str, int, int, int, int], list[str]] = {}
    for host in hosts:
        rows.setdefault((host.state, host.ok, host.changed, host.unreachable, host.failed), []).append(
            host.host
        )
    alone = sum(map(len, rows.values())) <= MAX_ROWS
    table = Table(
        "host",
        "state",
        "ok",
        "would change" if check else "changed",
        "unreachable",
        "failed",
        box=None,
        pad_edge=False,
    )
    lines = [
        (name, counts)
        for counts, names in rows.items()
        for name in (names if alone else [fold(tuple(names))])
    ]
    for name, (state, *numbers) in sorted(lines):
        table.add_row(Text(name), Text(state, style=STYLES[state]), *(str(number) for number in numbers))
    return table


def _last_line(result: ApplyResult, facility: str, *, check: bool) -> str:
    states = [host.state for host in result.hosts]
    failed, unreachable = states.count("failed"), states.count("unreachable")
    if failed:
        return f"{facility}: {failed} of {len(states)} hosts failed; the messages stand above."
    if unreachable:
        return f"{facility}: {unreachable} of {len(states)} hosts could not be reached; apply it again."
    changed = sum(host.changed for host in result.hosts)
    if check:
        return f"{facility}: {changed} tasks would change something; nothing was changed."
    return f"{facility}: {changed} changed, every host is in its declared state."


def _from_home(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
