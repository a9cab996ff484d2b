"""Prints findings on hosts, one line for all hosts that share one."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from millwright.app.change.findings import Finding

STYLES = {
    "differs": "yellow",
    "left behind": "yellow",
    "could not be looked at": "magenta",
    "unreachable": "magenta",
}
"""Style by title."""


def print_findings(console: Console, title: str, lines: Iterable[Finding]) -> None:
    """Print one line a finding, after the hosts that share it."""
    for line in lines:
        console.print(Text(f"{title}: {line.nodes}: {line.text}", style=STYLES.get(title, "")))
