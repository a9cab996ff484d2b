"""``millwright results import`` and ``results ingest``: what others measured."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from millwright.app.measure.imported import ImportedResults
from millwright.app.measure.results_import import ImportRequest, import_results, list_tools
from millwright.app.measure.results_ingest import ingest_again
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.app.measure.trust import Trust
from millwright.cli.options import (
    Against,
    AllowedSigners,
    AllowUnsigned,
    AsJson,
    FacilityName,
    OwnChecks,
    ResultsDir,
)
from millwright.cli.output import console, context, print_json
from millwright.core.errors import BadInputError, FailedError, Problem

MOST_SHOWN = 40
REQUIRED = ("tool", "facility", "partition", "vouched-by")


def import_command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="All that one run left: output, error output, result file."),
    ] = None,
    tool: Annotated[str, typer.Option(help="Tool that wrote the files, see --list-tools.")] = "",
    facility: Annotated[str, typer.Option(help="Facility, by name or path to its facility.yaml.")] = "",
    partition: Annotated[str, typer.Option(help="Partition that was measured.")] = "",
    vouched_by: Annotated[str, typer.Option(help="Who answers for these results.")] = "",
    node: Annotated[str, typer.Option(help="Node or node set that was measured.")] = "",
    command: Annotated[str, typer.Option(help="Command line that was run.")] = "",
    version: Annotated[str, typer.Option(help="Version of the tool, if the output does not state it.")] = "",
    host: Annotated[str, typer.Option(help="Host it ran on, if the output does not state it.")] = "",
    measured_at: Annotated[str, typer.Option(help="When it ran, for example 2026-11-23T16:01:11Z.")] = "",
    exit_status: Annotated[int | None, typer.Option(help="Exit status of the command.")] = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    sign_with: Annotated[
        Path | None, typer.Option(help="SSH private key that signs the run; your account's own by default.")
    ] = None,
    list_them: Annotated[bool, typer.Option("--list-tools", help="List the tools and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store what a vendor or another team ran as imported results.

    All files are taken as those of one run. Nothing is stored unless the output is whole and without a fault.

    Example: millwright results import --tool osu latency.log --facility rack --partition cpu
    --command "mpirun -np 2 osu_latency" --vouched-by "J. Doe, Example Systems"
    """
    if list_them:
        _list_tools(as_json=as_json)
        return
    given = {"tool": tool, "facility": facility, "partition": partition, "vouched-by": vouched_by}
    absent = [name for name in REQUIRED if not given[name]]
    missing = [Problem(f"--{name}", "-", "is missing", "a value", code="MW6228") for name in absent]
    if not files:
        missing.append(Problem("FILE", "-", "is missing", "the files that the tool wrote", code="MW6228"))
    if missing:
        raise BadInputError(missing)
    request = ImportRequest(
        tool=tool,
        files=tuple(files or ()),
        facility=facility,
        partition=partition,
        vouched_by=vouched_by,
        node=node,
        command=command,
        version=version,
        host=host,
        measured_at=measured_at,
        exit_status=exit_status,
        results=results_dir,
        sign_with=sign_with,
    )
    with context() as here:
        outcome = import_results(here, request)
    if as_json:
        print_json(outcome)
    elif outcome.imported:
        print_imported(outcome.imported)
        typer.echo(f"Stored in {outcome.path}")


def ingest_command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: Annotated[str, typer.Argument(help="Imported run.")],
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    as_json: AsJson = False,
) -> None:
    """Parse an imported run's files again, into a file beside the run.

    The run itself never changes. Exits with 1 if the parser of today reads other values than were stored.

    Example: millwright results ingest rack 20261123T170102Z-1a2b3c4d
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    with context() as here:
        outcome = ingest_again(here, facility, run, results_dir, trust)
    if as_json:
        print_json(outcome)
    else:
        typer.echo(f"{outcome.run_id}: {outcome.series} series read again, in {outcome.sidecar}")
        for line in outcome.differences:
            typer.echo(f"  {line}")
    if not outcome.same:
        raise FailedError(
            f"{len(outcome.differences)} series differ from those stored with {outcome.run_id}", code="MW6229"
        )


def print_imported(found: ImportedResults) -> None:
    """Print an import: where it comes from, and its series."""
    typer.echo(f"Imported: {found.tool} on {found.partition}, vouched for by {found.vouched_by}")
    for name, text in (
        ("run", found.run_id),
        ("command", found.command),
        ("version", found.version),
        ("host", found.host),
        ("measured", found.measured_at),
    ):
        typer.echo(f"  {name}: {text or 'not stated'}")
    table = Table("Metric", "Parameters", "Node", "Unit", Column("Median", justify="right"), "n", box=None)
    for each in found.series[:MOST_SHOWN]:
        ordered = sorted(each.values)
        median = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        place = " ".join(filter(None, (each.node, each.device)))
        cells = (each.label, each.parameters, place, each.unit, f"{median:.6g}", str(len(ordered)))
        table.add_row(*map(Text, cells))
    console().print(table)
    if len(found.series) > MOST_SHOWN:
        typer.echo(f"  and {len(found.series) - MOST_SHOWN} more series (--json lists all)")


def _list_tools(*, as_json: bool) -> None:
    found = list_tools()
    if as_json:
        print_json(found)
        return
    table = Table("Tool", "Reads", "Hand in", box=None)
    for tool in found.tools:
        table.add_row(*map(Text, (tool.name, tool.title, tool.hand_in)))
    console().print(table)
