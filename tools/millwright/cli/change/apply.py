"""``millwright apply``: bring the hosts of a facility to their declared state, wave by wave."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.change.apply import apply_facility, check_facility
from millwright.app.change.apply_report import COUNTS, ApplyReport, HostReport
from millwright.cli.options import (
    WAVES,
    AsJson,
    Canary,
    CountUnreachable,
    FacilityName,
    GroupBy,
    Limit,
    MaxFailed,
    MaxFailedWave,
    Resume,
)
from millwright.cli.output import console, context, print_json
from millwright.core.node_sets import fold

STYLES = {
    "ok": "green",
    "changed": "yellow",
    "failed": "bold red",
    "unreachable": "bold magenta",
    "unfinished": "magenta",
    "waiting": "dim",
}
MAX_ROWS = 40


def command(  # noqa: PLR0913 - the options of a command line
    facility: FacilityName,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only report what would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show changes of files line by line.")] = False,
    limit: Limit = "",
    canary: Canary = None,
    wave_size: Annotated[
        int | None, typer.Option(help="Most nodes in a wave. [128]", rich_help_panel=WAVES)
    ] = None,
    group_by: GroupBy = None,
    max_failed_wave: MaxFailedWave = None,
    max_failed: MaxFailed = None,
    count_unreachable: CountUnreachable = None,
    resume: Resume = False,
    full: Annotated[
        bool, typer.Option("--full", help="Let Ansible run everything, even if a look would be enough.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Bring the hosts of a facility to their declared state; again changes nothing.

    Each host is looked at first, in one round trip; Ansible goes to what is new, changed or drifted.

    Services and one node of each partition go first, then the other nodes in waves. No wave begins after
    too many hosts failed. A run that was ended goes on with --resume.

    The same for all hosts at once: ansible-playbook -i inventories/rack/facility.yaml playbooks/site.yml

    Example: millwright apply rack --check --diff --limit rack-c[1-2]
    """
    options: dict[str, object] = {
        "canary": canary,
        "wave_size": wave_size,
        "group_by": group_by,
        "max_failed_wave": max_failed_wave,
        "max_failed": max_failed,
        "count_unreachable": count_unreachable,
        "full": full or None,
        "diff": diff or None,
    }
    with context() as here:
        if check:
            report = check_facility(here, facility, limit=limit, diff=diff)
        else:
            report = apply_facility(here, facility, options, limit=limit, resume=resume)
    if as_json:
        print_json(report)
    else:
        print_report(report)
    return report.exit_code


def print_report(report: ApplyReport) -> None:
    """Print the report; many hosts with equal counts share a line."""
    out = console()
    if not report.hosts:
        out.print(Text(report.conclusion))
        return
    for change in report.changes:
        out.print(Text(f"{fold(change.hosts)}: {change.task}", style="bold"))
        out.print(Text(change.text))
    out.print(_table(report.hosts, is_check=report.is_check))
    for host in report.hosts:
        if host.message and host.state != "waiting":
            out.print(Text(f"{host.host}: {host.message}", style="red"))
    for line in (*report.remarks, report.conclusion):
        out.print(Text(line))
    logs = ", ".join(_from_home(Path(log)) for log in report.logs)
    files = f"report: {_from_home(Path(report.folder) / 'report.txt')}" if report.folder else f"log: {logs}"
    out.print(Text(f"{report.seconds:.0f} s, {files}", style="dim"))


def _table(hosts: Sequence[HostReport], *, is_check: bool) -> Table:
    folds = len(hosts) > MAX_ROWS
    rows: dict[tuple[object, ...], list[HostReport]] = {}
    for host in hosts:
        key = (host.state, *(getattr(host, name) for name in COUNTS), host.wave, host.resumed)
        rows.setdefault(key if folds else (host.host,), []).append(host)
    shows_waves = len({host.wave for host in hosts}) > 1
    counts = ["would change" if is_check and name == "changed" else name for name in COUNTS]
    table = Table("host", *(["wave"] if shows_waves else []), "state", *counts, box=None, pad_edge=False)
    for group in rows.values():
        first = group[0]
        name = fold(host.host for host in group) if folds else first.host
        wave = [Text(first.wave)] if shows_waves else []
        label = Text(first.label, style=STYLES[first.state])
        table.add_row(Text(name), *wave, label, *(str(getattr(first, name)) for name in COUNTS))
    return table


def _from_home(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
