"""``millwright facility``: look at and check descriptions of facilities."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.cli.site.facility_discover import command as discover
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.places import facility_file, known_facilities, shipped_facilities
from millwright.facility import load_facility
from millwright.facility.load import facility_schema
from millwright.facility.model import Facility
from millwright.verdicts.expectations import find_commitment_problems

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at and check descriptions of facilities.",
)

app.command("discover")(discover)

FacilityName = Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def load_checked(name_or_path: str) -> tuple[Path, Facility]:
    """Load a facility and refuse commitments that no check can meet."""
    path = facility_file(name_or_path)
    facility = load_facility(path)
    problems = find_commitment_problems(facility, str(path))
    if problems:
        raise BadInputError(problems)
    return path, facility


def _summary(path: Path) -> dict[str, object]:
    facility = load_facility(path)
    return {
        "name": facility.name,
        "title": facility.title,
        "kind": facility.kind,
        "partitions": {name: len(partition.node_names()) for name, partition in facility.partitions.items()},
        "antennas": list(facility.antennas),
        "file": str(path),
    }


@app.command("list")
def list_facilities(as_json: AsJson = False) -> None:
    """List the facilities that can be named here: the site's own, and those that are shipped.

    Example: millwright facility list --json
    """
    shipped = set(shipped_facilities().values())
    rows = [_summary(path) | {"shipped": path in shipped} for path in known_facilities().values()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        typer.echo("No facility is known here; `millwright init PATH` starts a site with one.", err=True)
    table = Table("Facility", "From", "Kind", "Partitions (nodes)", "Antennas", "Title", box=None)
    for row in rows:
        partitions = row["partitions"]
        antennas = row["antennas"]
        assert isinstance(partitions, dict)  # noqa: S101 - narrows the type for the reader and mypy
        assert isinstance(antennas, list)  # noqa: S101
        cells = [
            str(row["name"]),
            "shipped" if row["shipped"] else "this site",
            str(row["kind"]),
            ", ".join(f"{name} ({count})" for name, count in partitions.items()),
            ", ".join(antennas) or "-",
            str(row["title"]),
        ]
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


@app.command()
def check(
    names: Annotated[list[str], typer.Argument(help="Facilities to check.")], as_json: AsJson = False
) -> None:
    """Check facilities; list every problem at once and change nothing.

    Example: millwright facility check rack inventories/my-site/facility.yaml
    """
    problems: list[Problem] = []
    for name in names:
        try:
            load_checked(name)
        except BadInputError as error:
            problems.extend(error.problems)
    if as_json:
        rows = [
            {"file": p.file, "key": p.key, "problem": p.problem, "expected": p.expected or None}
            for p in problems
        ]
        typer.echo(json.dumps({"ok": not problems, "problems": rows}, indent=2))
        raise typer.Exit(ExitCode.BAD_INPUT if problems else ExitCode.OK)
    if problems:
        raise BadInputError(problems)
    typer.echo(f"{', '.join(names)}: no problem found")


@app.command()
def show(name: FacilityName, as_json: AsJson = False) -> None:
    """Show one facility: hosts, partitions, antennas.

    Example: millwright facility show rack
    """
    _, facility = load_checked(name)
    if as_json:
        typer.echo(facility.model_dump_json(indent=2, by_alias=True))
        return
    console = Console()
    console.print(Text(f"{facility.name}: {facility.title} ({facility.kind})"))
    console.print(_partition_table(facility))
    if facility.services:
        for role, host in facility.services.hosts().items():
            console.print(Text(f"  {role:11} {host}"))
    for antenna_name, antenna in facility.antennas.items():
        users = ", ".join(user.name for user in antenna.users)
        console.print(Text(f"  antenna {antenna_name}: gateway {antenna.gateway}, users {users}"))


def _partition_table(facility: Facility) -> Table:
    table = Table(
        "Partition",
        "Nodes",
        "Architecture",
        "CPUs",
        "Memory (MiB)",
        "Accelerators",
        "Expected values",
        box=None,
    )
    for name, partition in facility.partitions.items():
        node_class = facility.class_of(name)
        part = node_class.accelerators if node_class else None
        expected = sum(len(metrics) for metrics in partition.checks.values())
        cells = [
            name,
            partition.nodes,
            (node_class.architecture + (" (emulated)" if node_class.emulated else ""))
            if node_class
            else "this machine",
            str(node_class.cpus) if node_class else "-",
            str(node_class.memory_mib) if node_class else "-",
            f"{part.count} x {part.part}" if part else "-",
            str(expected),
        ]
        table.add_row(*(Text(cell) for cell in cells))
    return table


@app.command()
def schema() -> None:
    """Print the JSON Schema of facility.yaml, for editors and validators.

    Example: millwright facility schema > inventories/facility.schema.json
    """
    typer.echo(json.dumps(facility_schema(), indent=2))
