"""``millwright doctor``: what is missing here for each command, and the line that mends it."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.site.doctor import DoctorReport, FindingReport, examine
from millwright.cli.options import AsJson
from millwright.cli.output import console, print_json
from millwright.core.errors import ExitCode


def command(
    facility: Annotated[
        str | None, typer.Argument(help="Name or file of a facility, whose hosts are tried too.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show what is missing on this machine, or at a site, for each command.

    Looks at programs, Python packages, rights, kernel features and, if a facility is named, at whether its
    hosts can be entered. Changes nothing. Each finding has the line that mends it; exit 3 if there is one.

    Example: millwright doctor rack
    """
    found = examine(facility)
    if as_json:
        print_json(found)
    else:
        _show(found)
    return found.exit_code


def _show(found: DoctorReport) -> None:
    output = console()
    table = Table("command", "state", box=None, pad_edge=False)
    for state in found.commands:
        missing = Text(_plain(f"lacks {', '.join(state.missing)}"), style="red")
        table.add_row(state.command, Text("ready", style="green") if state.ready else missing)
    output.print(table)
    for title, optional in (("Missing", False), ("Not there, but not needed to begin with", True)):
        listed = tuple(_lines(finding for finding in found.findings if finding.optional is optional))
        if listed:
            output.print(Text(f"\n{title}", style="bold"))
        for line in listed:
            output.print(line)
    if found.hosts_tried:
        output.print(Text(_plain(f"\n{found.hosts_tried} hosts of {found.facility} were tried.")))
    if found.exit_code == ExitCode.OK:
        output.print(Text("\nEverything is there."))


def _lines(findings: Iterable[FindingReport]) -> Iterable[Text]:
    for finding in findings:
        detail = f" ({finding.detail})" if finding.detail else ""
        yield Text(_plain(f"  {finding.subject}{detail}, for: {', '.join(finding.commands)}"))
        yield Text(_plain(f"      {finding.mend}"), style="cyan")


def _plain(text: str) -> str:
    """Text without control characters: a host's reason is whatever the host sends."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
