"""Prints what maintenance or commissioning left, one line for all nodes that share one."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from millwright.app.change.maintenance_report import NodeReport, RoundReport
from millwright.cli.output import console, print_json
from millwright.core.node_sets import fold

STYLES = {
    "in service": "green",
    "quarantined": "bold red",
    "failed": "bold red",
    "held": "yellow",
    "busy": "yellow",
    "unreachable": "bold magenta",
    "left alone": "dim",
    "waiting": "dim",
}


def print_nodes(report: RoundReport, *, as_json: bool) -> int:
    """Print the report; its exit code."""
    if as_json:
        print_json(report)
        return report.exit_code
    out = console()
    out.print(_table(report.nodes))
    if report.stopped:
        out.print(Text(f"Stopped: {report.stopped}."))
    if report.next_step:
        out.print(Text(report.next_step))
    return report.exit_code


def _table(nodes: Sequence[NodeReport]) -> Table:
    table = Table("nodes", "fate", "verdict", "why", box=None, pad_edge=False)
    groups: dict[tuple[str, str, str], list[str]] = {}
    for each in nodes:
        groups.setdefault((each.fate, each.verdict, each.message), []).append(each.node)
    for (fate, verdict, message), names in groups.items():
        table.add_row(Text(fold(names)), Text(fate, style=STYLES[fate]), Text(verdict), Text(message))
    return table
