"""``millwright nodes``: who is in service, who drained what, and how a node comes into service."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.change.nodes import NodeState, drain_nodes, nodes_status, resume_nodes
from millwright.cli.options import (
    AdmitInconclusive,
    AsJson,
    ChecksDirs,
    FacilityName,
    JobsLimit,
    Nodes,
    OptionalResultsDir,
    Threshold,
)
from millwright.cli.output import console, context, print_json, print_lines
from millwright.core.node_sets import fold

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See, drain and resume nodes, and let them into service.\n\nExample: millwright nodes status rack",
)
MAX_ROWS = 40
STYLES = {"responds": "green", "faulty": "bold red", "lost": "bold magenta", "unknown": "bold magenta"}


@app.command()
def status(
    facility: FacilityName,
    nodes: Annotated[str, typer.Argument(help="Nodes or partitions; all by default.")] = "",
    as_json: AsJson = False,
) -> int:
    """Show the state of each node, who drained it, since when, why, and whether it is healthy.

    Exits with 3 if a node is lost or Slurm does not know it.

    Example: millwright nodes status rack cpu
    """
    with context() as here:
        found = nodes_status(here, facility, nodes)
    if as_json:
        print_json(found)
    else:
        console().print(_table(found.nodes))
    return found.exit_code


@app.command()
def drain(
    facility: FacilityName,
    nodes: Nodes,
    reason: Annotated[str, typer.Option(help="The reason, in words for other admins.")],
    as_json: AsJson = False,
) -> int:
    """Take nodes out of service; running jobs run on, and what others drained stays theirs.

    Exits with 1 if a node was left alone.

    Example: millwright nodes drain rack rack-c1 --reason "fan is loud"
    """
    with context() as here:
        found = drain_nodes(here, facility, nodes, reason)
    if as_json:
        print_json(found)
    else:
        _print("drained", found.drained, found.left)
    return found.exit_code


@app.command()
def resume(
    facility: FacilityName,
    nodes: Nodes,
    force_owner: Annotated[
        str, typer.Option(help="Resume the drains of this owner, named as nodes status shows it.")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Give back nodes that millwright nodes drain took out of service, and only those.

    A drain of maintenance, of a quarantine or of an admin stays unless its owner is named.
    Exits with 1 if a node stayed drained.

    Example: millwright nodes resume rack rack-c1
    """
    with context() as here:
        found = resume_nodes(here, facility, nodes, force_owner)
    if as_json:
        print_json(found)
    else:
        _print("resumed", found.resumed, found.left)
    return found.exit_code


@app.command()
def slow(  # noqa: PLR0913 - the options of a command line
    facility: FacilityName,
    run: Annotated[
        str | None, typer.Argument(help="Run; the newest if none is named.", show_default=False)
    ] = None,
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Measure what the screen caught again, four times.")
    ] = False,
    checks: ChecksDirs = None,
    results_dir: OptionalResultsDir = None,
    as_json: AsJson = False,
) -> int:
    """Find the nodes of a run that are slower than peers with the same firmware, drivers and kernel.

    What is caught counts only after four repeats, with good nodes measured beside. Nothing is drained:
    the command that would do it is printed. Exits with 1 if a node is slow, 3 if one is undecided.

    Example: millwright nodes slow rack --confirm
    """
    from millwright.app.change.slow_nodes import SlowRequest, find_slow  # noqa: PLC0415 - nodes status should not wait for it
    from millwright.app.measure.stored_name import DEFAULT_RESULTS  # noqa: PLC0415 - as above
    from millwright.cli.change.slow_report import print_slow  # noqa: PLC0415 - as above

    results = results_dir or DEFAULT_RESULTS
    with context() as here:
        found = find_slow(here, SlowRequest(facility, run, confirm, tuple(checks or ()), results))
    if as_json:
        print_json(found)
    else:
        print_slow(found)
    return found.exit_code


@app.command()
def commission(  # noqa: PLR0913 - the options of a command line
    facility: FacilityName,
    nodes: Nodes,
    *,
    jobs_limit_min: JobsLimit = None,
    admit_inconclusive: AdmitInconclusive = False,
    threshold: Threshold = None,
    force_owner: Annotated[
        str, typer.Option(help="Take over the drain of this owner, named as nodes status shows it.")
    ] = "",
    results_dir: OptionalResultsDir = None,
    as_json: AsJson = False,
) -> int:
    """Let new or repaired nodes into service: provision, check, compare with the peers of their class.

    A node that passes serves; one that fails twice is quarantined with the reason; one that could not be
    judged stays drained. A class of fewer than six nodes is too small for a comparison and needs
    --admit-inconclusive. Takes over quarantines and drains by millwright nodes drain, nobody else's.
    Exits with 1 if a node failed, 3 if one is not in service for another reason.

    Example: millwright nodes commission rack rack-c2 --admit-inconclusive
    """
    from millwright.app.change.commission import commission_nodes  # noqa: PLC0415 - nodes status should not wait for SciPy
    from millwright.cli.change.node_report import print_nodes  # noqa: PLC0415 - as above

    options: dict[str, object] = {
        "jobs_limit_min": jobs_limit_min,
        "admit_inconclusive": admit_inconclusive or None,
        "threshold": threshold,
        "results_dir": str(results_dir) if results_dir else None,
    }
    with context() as here:
        report = commission_nodes(here, facility, nodes, options, force_owner=force_owner)
    return print_nodes(report, as_json=as_json)


def _print(done: str, nodes: Sequence[str], left: Mapping[str, str]) -> None:
    if nodes:
        print_lines([f"{done}: {fold(nodes)}"])
    print_lines(f"left alone: {node}, {why}" for node, why in left.items())


def _table(nodes: Sequence[NodeState]) -> Table:
    """One line a node; if there are many, those that differ in nothing else share one."""
    table = Table("node", "state", "health", box=None, pad_edge=False)
    for name in ("owner", "since", "reason"):
        table.add_column(name, overflow="fold")
    groups: dict[tuple[str, ...], list[str]] = {}
    for each in nodes:
        columns = (each.state, each.health, each.owner, each.since, each.reason)
        groups.setdefault(columns if len(nodes) > MAX_ROWS else (each.node, *columns), []).append(each.node)
    for key, names in groups.items():
        state, health, *rest = key[-5:]
        table.add_row(Text(fold(names)), Text(state), Text(health, style=STYLES[health]), *map(Text, rest))
    return table
