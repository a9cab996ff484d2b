"""``millwright rack``: the virtual facility on this machine."""

import json
import shlex
import subprocess
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from millwright.cli.progress import shown
from millwright.core.errors import ExitCode, NotTestableError
from millwright.rack.escalation import become_root
from millwright.rack.keys import ssh_argv
from millwright.rack.members import member_runs
from millwright.rack.session import change_down, change_up, look_at, open_journal, open_plan
from millwright.rack.status import UP, RackStatus

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Start, look at and stop the virtual facility.",
)

Facility = Annotated[str, typer.Option("--facility", "-f", help="A virtual facility: its name or file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _print_status(status: RackStatus) -> None:
    table = Table("node", "address", "state", "detail", box=None, pad_edge=False)
    for node in status.nodes:
        style = "green" if node.state in UP else "red"
        table.add_row(node.name, node.address, f"[{style}]{node.state}[/]", escape(node.detail))
    for part, works in (("bridge", status.bridge), ("mirror", status.mirror)):
        table.add_row(part, "", "[green]running[/]" if works else "[red]down[/]", "")
    Console().print(table)


@app.command()
def up(facility: Facility = "rack") -> None:
    """Start the rack, or whatever of it is missing.

    Example: millwright rack up
    """
    plan = open_plan(facility)
    become_root(plan)
    with shown() as progress:
        found, changed = change_up(plan, progress)
    _print_status(found)
    typer.echo(f"ssh -F {shlex.quote(str(plan.ssh_config))} {plan.nodes[0].name}")
    if not changed:
        typer.echo("The rack was up already; nothing was done.")


@app.command()
def status(facility: Facility = "rack", as_json: AsJson = False) -> None:
    """Show each node; exit 3 unless all of them answer.

    Example: millwright rack status --json
    """
    found = look_at(open_plan(facility))
    if as_json:
        typer.echo(json.dumps({"up": found.is_up, **asdict(found)}, indent=2))
    else:
        _print_status(found)
    raise typer.Exit(ExitCode.OK if found.is_up else ExitCode.NOT_TESTED)


@app.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def exec_(
    node: Annotated[str, typer.Argument(help="Name of a node.")],
    command: Annotated[
        list[str] | None, typer.Argument(help="Program and arguments; a shell if none.")
    ] = None,
    facility: Facility = "rack",
) -> None:
    """Run a program on a node and end with its exit code.

    Example: millwright rack exec rack-ctl -- systemctl status slurmctld
    """
    plan = open_plan(facility)
    name = plan.node(node).name
    if not member_runs(open_journal(plan), name):
        raise NotTestableError(f"{name} does not run; start it with: millwright rack up -f {facility}")
    words = command[1:] if command and command[0] == "--" else command
    argv = ssh_argv(plan, name, shlex.join(words) if words else None)
    raise typer.Exit(subprocess.run(argv, check=False).returncode)


@app.command()
def down(facility: Facility = "rack") -> None:
    """Stop the rack and remove everything it made here, except caches and keys.

    Example: millwright rack down
    """
    plan = open_plan(facility)
    become_root(plan)
    with shown() as progress:
        changed = change_down(plan, progress)
    typer.echo("The rack is down." if changed else "The rack was down already; nothing was done.")
