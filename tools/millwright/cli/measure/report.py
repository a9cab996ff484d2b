"""``millwright report``: write the capacity report of a run."""

import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from millwright import __version__
from millwright.adapters.openssh.signatures import check_signature
from millwright.app.signing import known_signers
from millwright.capacity.assessment import Assessment, assess
from millwright.catalogue.catalogue import catalogue_file, load_catalogue
from millwright.cli.measure.results import DEFAULT_DIR, ResultsDir
from millwright.core.errors import ExitCode
from millwright.core.places import checkout, default_folder
from millwright.facility import load_facility
from millwright.report.build import build_content
from millwright.report.content import to_json
from millwright.report.html import render_html
from millwright.report.writing import HTML_FILE, JSON_FILE, write_report
from millwright.results.manifest import sum_file
from millwright.results.runs import find_run, load_run
from millwright.results.verification import verify_run

DEFAULT_OUTPUT = default_folder("output")


def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: Annotated[str, typer.Argument(help="Name of the facility, as in its facility.yaml.")],
    run: Annotated[str | None, typer.Option(help="Run; the newest where none is named.")] = None,
    output: Annotated[Path, typer.Option(help="Folder for the reports of all facilities.")] = DEFAULT_OUTPUT,
    results_dir: ResultsDir = DEFAULT_DIR,
    allowed_signers: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="OpenSSH file of who may sign runs.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language: the name of a file in reports/labels/.")] = "en",
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON too.")] = False,
) -> None:
    """Write the capacity report of a run: one HTML page, and the same content as JSON.

    Exits with the run's own verdict: 1 where a value failed, 3 where one is missing or undecided.

    Example: millwright report rack --open
    """
    path = find_run(results_dir, facility, run)
    with Console(stderr=True).status("Judging the run and drawing its distributions"):
        assessment = _assess(path, allowed_signers)
        content = build_content(assessment, run_folder="/".join(path.parts[-3:]), version=__version__)
        json_text, html = to_json(content), render_html(content, checkout() / "reports", language)
        folder = write_report(output, content.facility, content.run_id, html=html, json_text=json_text)
    typer.echo(json_text if as_json else f"{folder / HTML_FILE}\n{folder / JSON_FILE}\n", nl=False)
    if show:
        webbrowser.open((folder / HTML_FILE).resolve().as_uri())
    is_bad = assessment.signature.state == "bad"
    raise typer.Exit(ExitCode.FAIL if is_bad else assessment.scorecard.exit_code)


def _assess(path: Path, allowed_signers: Path | None) -> Assessment:
    run = load_run(path)
    checker = partial(check_signature, allowed_signers=known_signers(allowed_signers))
    return assess(
        load_facility(run.facility_file),
        run,
        load_catalogue(),
        catalogue_sum=sum_file(catalogue_file()),
        signature=verify_run(path, checker).signature,
    )
