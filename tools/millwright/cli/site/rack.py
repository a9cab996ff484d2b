"""``millwright rack``: the virtual facility on this machine."""

import shlex
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.site.rack import RackStatus, rack_status, run_on_node, start_rack, stop_rack
from millwright.cli.options import AsJson, VirtualFacility
from millwright.cli.output import console, context, print_json

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Start, look at and stop the virtual facility.\n\nExample: millwright rack up",
)


def _print_status(status: RackStatus) -> None:
    table = Table("node", "address", "state", "detail", box=None, pad_edge=False)
    for node in status.nodes:
        style = "green" if node.answers else "red"
        table.add_row(Text(node.name), Text(node.address), Text(node.state, style), Text(node.detail))
    for part, works in (("bridge", status.bridge), ("mirror", status.mirror)):
        table.add_row(part, "", Text("running", "green") if works else Text("down", "red"), "")
    console().print(table)


@app.command()
def up(facility: VirtualFacility = "rack", as_json: AsJson = False) -> None:
    """Start the rack, or whatever of it is missing.

    Example: millwright rack up
    """
    with context() as here:
        started = start_rack(here, facility)
    if as_json:
        print_json(started)
        return
    _print_status(started.status)
    typer.echo(f"ssh -F {shlex.quote(started.ssh_config)} {started.status.nodes[0].name}")
    if not started.changed:
        typer.echo("The rack was up already; nothing was done.")


@app.command()
def status(facility: VirtualFacility = "rack", as_json: AsJson = False) -> None:
    """Show each node; exit 3 unless all of them answer.

    Example: millwright rack status --json
    """
    found = rack_status(facility)
    if as_json:
        print_json(found)
    else:
        _print_status(found)
    raise typer.Exit(found.exit_code)


@app.command("exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def exec_(
    node: Annotated[str, typer.Argument(help="Name of a node.")],
    command: Annotated[
        list[str] | None, typer.Argument(help="Program and arguments; a shell if none.")
    ] = None,
    facility: VirtualFacility = "rack",
) -> None:
    """Run a program on a node and end with its exit code.

    Example: millwright rack exec rack-ctl -- systemctl status slurmctld
    """
    words = command[1:] if command and command[0] == "--" else command
    raise typer.Exit(run_on_node(facility, node, words or ()))


@app.command()
def down(facility: VirtualFacility = "rack", as_json: AsJson = False) -> None:
    """Stop the rack and remove everything it made here, except caches and keys.

    Example: millwright rack down
    """
    with context() as here:
        stopped = stop_rack(here, facility)
    if as_json:
        print_json(stopped)
    else:
        typer.echo("The rack is down." if stopped.changed else "The rack was down already; nothing was done.")
