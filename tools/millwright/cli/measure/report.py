"""``millwright report``: write the capacity report of a run."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from millwright.app.measure.report import ReportRequest, write_capacity_report
from millwright.app.measure.stored_name import DEFAULT_REPORTS, DEFAULT_RESULTS
from millwright.cli.options import AllowedSigners, FacilityName, ResultsDir
from millwright.cli.output import context, print_lines


def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: Annotated[str | None, typer.Option(help="Run; the newest if none is named.")] = None,
    output: Annotated[Path, typer.Option(help="Folder for the reports of all facilities.")] = DEFAULT_REPORTS,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    language: Annotated[str, typer.Option(help="Language: the name of a file in reports/labels/.")] = "en",
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON too.")] = False,
) -> int:
    """Write the capacity report of a run: one HTML page, and the same content as JSON.

    Exits with the run's own verdict: 1 if a value failed, 3 if one is missing or undecided.

    Example: millwright report rack --open
    """
    with context() as here:
        outcome = write_capacity_report(
            here, ReportRequest(facility, run, output, results_dir, allowed_signers, language)
        )
    if as_json:
        typer.echo(outcome.json_text, nl=False)
    else:
        print_lines([str(outcome.page), str(outcome.json_file)])
    if show:
        webbrowser.open(outcome.page.resolve().as_uri())
    return outcome.exit_code
