"""The merged report of ``millwright apply``: one line a host, as text or as data."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.adapters.ansible.events import FileChange
from millwright.core.node_sets import fold
from millwright.fleet.rollout.host_lines import HostLine, HostState
from millwright.fleet.rollout.run_waves import Outcome

STYLES = {
    HostState.OK: "green",
    HostState.CHANGED: "yellow",
    HostState.FAILED: "bold red",
    HostState.UNREACHABLE: "bold magenta",
    HostState.UNFINISHED: "magenta",
    HostState.WAITING: "dim",
}
MAX_ROWS = 40
NUMBERS = ("ok", "changed", "unreachable", "failed")


def report_data(outcome: Outcome, facility: str, run_id: str, folder: Path | None) -> dict[str, object]:
    """Everything about a run, for ``--json`` and the stored report; a check has no run id and folder."""
    logs = [str(result.log) for result in outcome.results if result.log]
    return {
        "facility": facility,
        "exit_code": int(outcome.exit_code),
        "run_id": run_id,
        "stopped": outcome.stopped,
        "remarks": list(outcome.remarks),
        "hosts": [asdict(line) for line in outcome.lines],
        "failures": [asdict(failure) for result in outcome.results for failure in result.failures],
        "changes": [asdict(change) for change in _changes(outcome)],
        "log": logs[-1] if logs else None,
        "logs": logs,
        "folder": str(folder) if folder else None,
        "seconds": round(_seconds(outcome), 1),
    }


def show_json(data: dict[str, object]) -> None:
    """Print data as JSON."""
    typer.echo(json.dumps(data, indent=2))


def report_text(outcome: Outcome, facility: str, typed: str) -> str:
    """The report as plain text with a line for every host, however many there are."""
    heads = ("host", "wave", "state", *NUMBERS)
    rows = [
        (
            line.host,
            line.wave,
            _state(line),
            *(str(getattr(line, number)) for number in NUMBERS),
            line.message,
        )
        for line in outcome.lines
    ]
    widths = [
        max(map(len, column)) for column in zip(heads, *(row[: len(heads)] for row in rows), strict=True)
    ]
    lines = [
        "  ".join(word.ljust(width) for word, width in zip(row, [*widths, 0], strict=False)).rstrip()
        for row in (heads, *rows)
    ]
    return "\n".join([*lines, *outcome.remarks, _last_line(outcome, facility, typed, is_check=False)]) + "\n"


def print_report(outcome: Outcome, facility: str, typed: str, folder: Path | None) -> None:
    """Print the report; many hosts with equal counts share a line."""
    console, is_check = Console(), folder is None
    if not outcome.lines:
        console.print(Text(f"{facility} has no host that Ansible provisions: nothing to do."))
        return
    for change in _changes(outcome):
        console.print(Text(f"{fold(change.hosts)}: {change.task}", style="bold"))
        console.print(Text(change.text))
    console.print(_table(outcome.lines, is_check=is_check, folds=len(outcome.lines) > MAX_ROWS))
    for line in outcome.lines:
        if line.message and line.state is not HostState.WAITING:
            console.print(Text(f"{line.host}: {line.message}", style="red"))
    for remark in outcome.remarks:
        console.print(Text(remark))
    console.print(Text(_last_line(outcome, facility, typed, is_check=is_check)))
    told = _from_home(folder / "report.txt") if folder else _logs(outcome)
    console.print(Text(f"{_seconds(outcome):.0f} s, {'report' if folder else 'log'}: {told}", style="dim"))


def _table(lines: Iterable[HostLine], *, is_check: bool, folds: bool) -> Table:
    rows: dict[tuple[object, ...], list[HostLine]] = {}
    for line in lines:
        key = (line.state, *(getattr(line, number) for number in NUMBERS), line.wave, line.resumed)
        rows.setdefault(key if folds else (line.host,), []).append(line)
    waves = {line.wave for group in rows.values() for line in group}
    names = ["ok", "would change" if is_check else "changed", "unreachable", "failed"]
    shows_waves = len(waves) > 1
    table = Table("host", *(["wave"] if shows_waves else []), "state", *names, box=None, pad_edge=False)
    for group in rows.values():
        line = group[0]
        name = fold(tuple(each.host for each in group)) if folds else line.host
        state = Text(_state(line), style=STYLES[line.state])
        wave = [Text(line.wave)] if shows_waves else []
        table.add_row(Text(name), *wave, state, *(str(getattr(line, number)) for number in NUMBERS))
    return table


def _state(line: HostLine) -> str:
    return f"{line.state}, before" if line.resumed else str(line.state)


def _last_line(outcome: Outcome, facility: str, typed: str, *, is_check: bool) -> str:
    states = [line.state for line in outcome.lines]
    resume = f"millwright apply {typed} --resume goes on with what is left"
    if outcome.stopped:
        waiting = states.count(HostState.WAITING) + states.count(HostState.UNFINISHED)
        return f"{facility}: stopped, {outcome.stopped}; {waiting} hosts are left. Mend it, then {resume}."
    if failed := states.count(HostState.FAILED):
        told = f"{facility}: {failed} of {len(states)} hosts failed; the messages stand above"
        return f"{told}. Mend it, then {resume}."
    if left := sum(not state.is_done for state in states):
        return f"{facility}: {left} of {len(states)} hosts could not be reached; {resume}."
    changed = sum(line.changed for line in outcome.lines)
    if is_check:
        return f"{facility}: {changed} tasks would change something; nothing was changed."
    return f"{facility}: {changed} changed, every host is in its declared state."


def _changes(outcome: Outcome) -> list[FileChange]:
    """Equal changes of several waves as one."""
    merged: dict[tuple[str, str], tuple[str, ...]] = {}
    for result in outcome.results:
        for change in result.changes:
            key = (change.task, change.text)
            merged[key] = (*merged.get(key, ()), *change.hosts)
    return [FileChange(task, text, hosts) for (task, text), hosts in merged.items()]


def _seconds(outcome: Outcome) -> float:
    return sum(result.seconds for result in outcome.results)


def _logs(outcome: Outcome) -> str:
    return ", ".join(_from_home(result.log) for result in outcome.results if result.log)


def _from_home(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
