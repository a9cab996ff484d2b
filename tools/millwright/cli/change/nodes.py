"""``millwright nodes``: who is in service, who drained what, and how a node comes into service."""

import getpass
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.cli.change.node_options import (
    DEFAULT_DIR,
    DEFAULT_THRESHOLD,
    AdmitInconclusive,
    JobsLimit,
    ResultsDir,
    Threshold,
)
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.node_sets import NodeSetError, expand, fold
from millwright.core.places import facility_file
from millwright.facility import Facility, load_facility
from millwright.fleet.service.drain import Owner, Purpose, Sorted
from millwright.fleet.service.node_service import service_of
from millwright.fleet.service.node_status import NodeStatus, status_of
from millwright.results.run_info import make_run_id

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See, drain and resume nodes, and let them into service.\n\nExample: millwright nodes status rack",
)
MAX_ROWS = 40
STYLES = {"responds": "green", "faulty": "bold red", "lost": "bold magenta", "unknown": "bold magenta"}

Name = Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")]
Nodes = Annotated[str, typer.Argument(help="Nodes as a node set or partitions: rack-c[1-2] or cpu.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def status(
    facility: Name,
    nodes: Annotated[str, typer.Argument(help="Nodes or partitions; all where left out.")] = "",
    as_json: AsJson = False,
) -> int:
    """Say of each node its state, who drained it, since when, why, and whether it is healthy.

    Exits with 3 where a node is lost or Slurm does not know it.

    Example: millwright nodes status rack cpu
    """
    file = facility_file(facility)
    described = load_facility(file)
    wanted = choose_nodes(described, nodes)
    found = status_of(service_of(file, described, _warn).nodes(), wanted)
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in found], indent=2))
    else:
        Console().print(_table(found))
    return ExitCode.OK if all(line.is_reached for line in found) else ExitCode.NOT_TESTED


@app.command()
def drain(
    facility: Name,
    nodes: Nodes,
    reason: Annotated[str, typer.Option(help="Why, in words for other admins.")],
    as_json: AsJson = False,
) -> int:
    """Take nodes out of service; running jobs run on, and what others drained stays theirs.

    Example: millwright nodes drain rack rack-c1 --reason "fan is loud"
    """
    file = facility_file(facility)
    described = load_facility(file)
    wanted = choose_nodes(described, nodes)
    if not reason.strip():
        raise BadInputError([Problem("--reason", "-", "empty", "words that tell other admins why")])
    owner = Owner(Purpose.DRAIN, make_run_id(utc_now(), secrets.token_hex(4)))
    found = service_of(file, described, _warn).drain(wanted, owner, f"{getpass.getuser()}: {reason}")
    return _tell(found, "drained", as_json=as_json)


@app.command()
def resume(
    facility: Name,
    nodes: Nodes,
    force_owner: Annotated[
        str, typer.Option(help="Resume the drains of this owner, named as nodes status shows it.")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Give back nodes that millwright nodes drain took out of service, and only those.

    A drain of maintenance, of a quarantine or of an admin stays unless its owner is named.
    Exits with 1 where a node stayed drained.

    Example: millwright nodes resume rack rack-c1
    """
    file = facility_file(facility)
    described = load_facility(file)
    owners = [force_owner] if force_owner else [str(Purpose.DRAIN)]
    found = service_of(file, described, _warn).resume(choose_nodes(described, nodes), owners)
    return _tell(found, "resumed", as_json=as_json)


def choose_nodes(facility: Facility, text: str) -> tuple[str, ...]:
    """Nodes of a node set or of partitions, all scheduled ones where empty.

    Raises :exc:`BadInputError` for what is neither.
    """
    known = {
        name: partition.node_names()
        for name, partition in facility.partitions.items()
        if partition.scheduler == "slurm"
    }
    every = tuple(node for nodes in known.values() for node in nodes)
    if not text:
        return every
    try:
        named = expand(text)
    except NodeSetError as error:
        raise BadInputError([Problem("NODES", text, f"not a node set ({error})", "rack-c[1-2]")]) from error
    nodes = frozenset(every)
    strange = [name for name in named if name not in nodes and name not in known]
    if strange:
        expected = f"a node or partition of {facility.name}"
        raise BadInputError(Problem("NODES", name, "unknown", expected) for name in strange)
    return tuple(dict.fromkeys(node for name in named for node in known.get(name, (name,))))


def _warn(text: str) -> None:
    typer.echo(text, err=True)


def _tell(found: Sorted, what: str, *, as_json: bool) -> int:
    if as_json:
        typer.echo(json.dumps({what: found.chosen, "left": dict(found.left)}, indent=2))
    else:
        if found.chosen:
            typer.echo(f"{what}: {fold(found.chosen)}")
        for node, why in found.left.items():
            typer.echo(f"left alone: {node}, {why}")
    return ExitCode.FAIL if found.left else ExitCode.OK


def _table(found: Sequence[NodeStatus]) -> Table:
    """One line a node; many nodes of which the same is said share one."""
    table = Table("node", "state", "health", box=None, pad_edge=False)
    for name in ("owner", "since", "reason"):
        table.add_column(name, overflow="fold")
    groups: dict[tuple[str, ...], list[str]] = {}
    for line in found:
        said = (line.state, line.health, line.owner, line.since, line.reason)
        groups.setdefault(said if len(found) > MAX_ROWS else (line.node, *said), []).append(line.node)
    for key, names in groups.items():
        state, health, *rest = key[-5:]
        told = Text(health, style=STYLES[health])
        table.add_row(Text(fold(tuple(names))), Text(state), told, *_texts(rest))
    return table


def _texts(words: Iterable[str]) -> list[Text]:
    return [Text(word) for word in words]


@app.command()
def commission(  # noqa: PLR0913 - the options of a command line
    facility: Name,
    nodes: Nodes,
    *,
    jobs_limit_min: JobsLimit = 60,
    admit_inconclusive: AdmitInconclusive = False,
    threshold: Threshold = DEFAULT_THRESHOLD,
    force_owner: Annotated[
        str, typer.Option(help="Take over the drain of this owner, named as nodes status shows it.")
    ] = "",
    results_dir: ResultsDir = DEFAULT_DIR,
    as_json: AsJson = False,
) -> int:
    """Let new or repaired nodes into service: provision, check, compare with the peers of their class.

    A node that passes serves; one that fails twice is quarantined with the reason; one that could not be
    judged stays drained. Takes over quarantines and drains by millwright nodes drain, nobody else's.
    Exits with 1 where a node failed, 3 where one is not in service for another reason.

    Example: millwright nodes commission rack rack-c2
    """
    from millwright.cli.change.commission import commission_nodes  # noqa: PLC0415 - nodes status should not wait for SciPy

    file = facility_file(facility)
    described = load_facility(file)
    return commission_nodes(
        file,
        described,
        choose_nodes(described, nodes),
        jobs_limit_s=jobs_limit_min * 60.0,
        admits_inconclusive=admit_inconclusive,
        threshold=threshold,
        force_owner=force_owner,
        results=results_dir,
        as_json=as_json,
    )
