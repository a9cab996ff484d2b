"""``millwright doctor``: what is missing here for each command, and the line that mends it."""

import json
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.app.doctor import DoctorContext, examine, exit_code, to_document
from millwright.doctor.findings import Diagnosis, Finding


def command(
    facility: Annotated[
        str | None, typer.Argument(help="Name or file of a facility, whose hosts are tried too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what is missing on this machine, or at a site, for each command.

    Looks at programs, Python packages, rights, kernel features and, if a facility is named, at whether its
    hosts can be entered. Changes nothing. Each finding has the line that mends it; exit 3 if there is one.

    Example: millwright doctor rack
    """
    found = examine(DoctorContext(facility))
    if as_json:
        typer.echo(json.dumps(to_document(found), indent=2))
    else:
        _show(found)
    raise typer.Exit(exit_code(found))


def _show(found: Diagnosis) -> None:
    console = Console(soft_wrap=True)
    table = Table("command", "state", box=None, pad_edge=False)
    for state in found.commands:
        missing = Text(_plain(f"lacks {', '.join(state.missing)}"), style="red")
        table.add_row(state.command, Text("ready", style="green") if state.is_ready else missing)
    console.print(table)
    _list(console, "Missing", (f for f in found.findings if not f.is_optional))
    _list(console, "Not there, but not needed to begin with", (f for f in found.findings if f.is_optional))
    if found.hosts:
        console.print(Text(f"\n{found.hosts} hosts of {found.facility} were tried."))
    if found.is_complete:
        console.print(Text("\nEverything is there."))


def _list(console: Console, title: str, findings: Iterable[Finding]) -> None:
    listed = tuple(findings)
    if listed:
        console.print(Text(f"\n{title}", style="bold"))
    for finding in listed:
        detail = f" ({finding.detail})" if finding.detail else ""
        console.print(Text(_plain(f"  {finding.subject}{detail}, for: {', '.join(finding.commands)}")))
        console.print(Text(_plain(f"      {finding.mend}"), style="cyan"))


def _plain(text: str) -> str:
    """Text without control characters: a host's reason is whatever the host sends."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
