"""``millwright facility``: look at and check descriptions of facilities."""

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.site.facility import (
    FacilityList,
    FacilityShow,
    check_facilities,
    facility_schema,
    list_facilities,
    show_facility,
)
from millwright.app.site.published import is_published, show_published
from millwright.cli.options import AsJson, ChecksDirs, FacilityName
from millwright.cli.output import console, print_json, warn
from millwright.cli.site.facility_discover import command as discover
from millwright.cli.site.published import command as compare
from millwright.cli.site.published import print_published

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at and check descriptions of facilities.\n\nExample: millwright facility list",
)

app.command("discover")(discover)
app.command("compare")(compare)


@app.command("list")
def list_(
    references: Annotated[
        bool, typer.Option("--references", help="List the published machines and AI factories too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the facilities that can be named here: the site's own, and those that are shipped.

    Example: millwright facility list --json
    """
    found = list_facilities()
    if as_json:
        print_json(found)
        return
    if not found.facilities:
        warn("No facility is known here; `millwright init PATH` starts a site with one.")
    console().print(_facility_table(found))
    if references:
        table = Table("Reference", "Kind", "Stage", "Site", "Title", box=None)
        for each in found.references:
            table.add_row(*map(Text, (each.name, each.kind, each.stage, each.site, each.title)))
        console().print(table)


@app.command()
def check(
    names: Annotated[
        list[str], typer.Argument(help="Facilities to check, by name or path.", show_default=False)
    ],
    checks: ChecksDirs = None,
    as_json: AsJson = False,
) -> None:
    """Check facilities; list every problem at once and change nothing.

    Example: millwright facility check rack inventories/my-site/facility.yaml
    """
    found = check_facilities(names, tuple(checks or ()))
    if as_json:
        print_json(found)
        raise typer.Exit(found.exit_code)
    found.raise_problems()
    typer.echo(f"{', '.join(names)}: no problem found")


@app.command()
def show(
    facility: FacilityName,
    published: Annotated[
        bool,
        typer.Option("--published", help="Show what is published of a machine or AI factory of this name."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one facility: hosts, partitions, antennas; of a reference, what is published, with sources.

    Example: millwright facility show rack
    """
    if published or is_published(facility):
        reference = show_published(facility)
        print_json(reference) if as_json else print_published(reference)
        return
    found = show_facility(facility)
    if as_json:
        print_json(found)
        return
    out = console()
    out.print(Text(f"{found.name}: {found.title} ({found.kind})"))
    out.print(_partition_table(found))
    for role, host in found.services.items():
        out.print(Text(f"  {role:11} {host}"))
    for antenna in found.antennas:
        users = ", ".join(antenna.users)
        out.print(Text(f"  antenna {antenna.name}: gateway {antenna.gateway}, users {users}"))


@app.command()
def schema() -> None:
    """Print the JSON Schema of facility.yaml, for editors and validators.

    Example: millwright facility schema > facility.schema.json
    """
    typer.echo(json.dumps(facility_schema(), indent=2))


def _facility_table(found: FacilityList) -> Table:
    table = Table("Facility", "From", "Kind", "Partitions (nodes)", "Antennas", "Title", box=None)
    for each in found.facilities:
        partitions = ", ".join(f"{name} ({count})" for name, count in each.partitions.items())
        origin = "shipped" if each.shipped else "this site"
        antennas = ", ".join(each.antennas) or "-"
        cells = (each.name, origin, each.kind, partitions, antennas, each.title)
        table.add_row(*map(Text, cells))
    return table


def _partition_table(found: FacilityShow) -> Table:
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
    for each in found.partitions:
        cells = (
            each.name,
            each.nodes,
            f"{each.architecture}{' (emulated)' * each.emulated}" if each.architecture else "this machine",
            str(each.cpus or "-"),
            str(each.memory_mib or "-"),
            each.accelerators or "-",
            str(each.expected_values),
        )
        table.add_row(*map(Text, cells))
    return table
