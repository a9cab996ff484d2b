"""Slow nodes of a run, as text."""

from rich.text import Text

from millwright.app.change.slow_nodes import SlowNodes
from millwright.cli.output import console
from millwright.core.node_sets import fold


def print_slow(found: SlowNodes) -> None:
    """Print each group of peers with what was caught, and the proposal."""
    out = console()
    out.print(Text(f"Run {found.run} of {found.facility}"))
    for group in found.groups:
        what = " ".join(filter(None, (group.partition, group.check, group.metric, group.device)))
        line = f"{what} on {group.nodes}: "
        parts = [
            f"{label} {fold(nodes)}"
            for label, nodes in (("slow", group.slow), ("undecided", group.undecided))
            if nodes
        ]
        if group.state != "judged":
            parts = [f"{group.state}, so nothing is judged"]
        out.print(Text(line + ("; ".join(parts) or "none is slow"), style="red" if group.slow else ""))
    if found.proposal:
        out.print(Text(f"Proposed, not done: {found.proposal}"))
    elif any(group.undecided for group in found.groups):
        out.print(Text(f"millwright nodes slow {found.facility} {found.run} --confirm measures them again."))
