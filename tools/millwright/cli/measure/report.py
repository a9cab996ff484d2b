"""``millwright report``: write the capacity report of a run."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from millwright.app.measure.report import Forms, ReportRequest, write_archived_report, write_capacity_report
from millwright.app.measure.stored_name import DEFAULT_REPORTS, DEFAULT_RESULTS
from millwright.app.measure.trust import Trust
from millwright.cli.options import Against, AllowedSigners, AllowUnsigned, OwnChecks, ResultsDir
from millwright.cli.output import context, print_lines
from millwright.core.errors import BadInputError, Problem


def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: Annotated[
        str, typer.Argument(help="Facility: its name, or a path to its file or folder.", show_default=False)
    ] = "",
    run: Annotated[str | None, typer.Option(help="Run; the newest if none is named.")] = None,
    output: Annotated[Path, typer.Option(help="Folder for the reports of all facilities.")] = DEFAULT_REPORTS,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    from_archive: Annotated[
        Path | None,
        typer.Option(help="Report on the run of an archive: FILE.zip, FILE.tar.gz or an unpacked one."),
    ] = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="File with parties, lots and waivers; else the facility's.",
        ),
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook too, one sheet for each table.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write a tagged PDF too, with report.json within.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Folder: write one CSV file for each table too.")] = None,
    blocks: Annotated[
        Path | None, typer.Option(help="Write the blocks that every form is made from too, as JSON.")
    ] = None,
    figures: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Inputs of `figures`, or JSON of `simulate`. Repeatable.",
        ),
    ] = None,
    compare: Annotated[
        list[str] | None, typer.Option(help="Another run of the facility to compare with. Repeatable.")
    ] = None,
    sections: Annotated[
        Path | None,
        typer.Option(help="Folder of your own sections, NAME.py and NAME.en.yaml, to run."),
    ] = None,
    language: Annotated[str, typer.Option(help="Language: the name of a file in reports/labels/.")] = "en",
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON too.")] = False,
) -> int:
    """Write the capacity report of a run: one HTML page, and the same content as JSON, PDF, XLSX or CSV.

    Exits with the run's own verdict: 1 if a value failed, 3 if one is missing or undecided. A run that may
    not be relied on makes no report.

    Example: millwright report rack --pdf rack.pdf --xlsx rack.xlsx
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    request = ReportRequest(
        facility,
        run,
        output,
        results_dir,
        language,
        trust=trust,
        contract=contract,
        forms=Forms(xlsx, pdf, csv, blocks),
        sections=sections,
        figures=tuple(figures or ()),
        compare=tuple(compare or ()),
    )
    _require_one_source(facility or run, from_archive)
    with context() as here:
        if from_archive:
            outcome = write_archived_report(here, from_archive, request)
        else:
            outcome = write_capacity_report(here, request)
    if as_json:
        typer.echo(outcome.json_text, nl=False)
    else:
        print_lines([str(path) for path in (outcome.page, outcome.json_file, *outcome.others)])
    if show:
        webbrowser.open(outcome.page.resolve().as_uri())
    return outcome.exit_code


def _require_one_source(named: str | None, archive: Path | None) -> None:
    if bool(named) == bool(archive):
        problem = "a facility or run and an archive" if named else "neither a facility nor an archive"
        expected = "FACILITY, or --from-archive FILE"
        raise BadInputError([Problem("report", "--from-archive", problem, expected, code="MW6287")])
