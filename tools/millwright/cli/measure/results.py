"""``millwright results``: look at, verify and export what was measured."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from millwright.app.measure.results_archive import ArchiveRequest, archive_run
from millwright.app.measure.results_export import ExportRequest, export_results
from millwright.app.measure.results_facts import FactsRequest, ResultsFacts, show_facts
from millwright.app.measure.results_line import show_line
from millwright.app.measure.results_list import ResultsList, list_results
from millwright.app.measure.results_show import show_results
from millwright.app.measure.results_verify import (
    VerifiedChain,
    VerifiedRun,
    VerifyRequest,
    verify_results,
)
from millwright.app.measure.results_witness import WitnessRequest, witness_chain
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.app.measure.trust import Trust
from millwright.app.measure.witnesses import WitnessTrust
from millwright.cli.measure.results_import import import_command, ingest_command, print_imported
from millwright.cli.measure.scorecard import print_scorecard
from millwright.cli.options import (
    Against,
    AllowedSigners,
    AllowUnsigned,
    AsJson,
    FacilityName,
    OwnChecks,
    ResultsDir,
    RunId,
)
from millwright.cli.output import console, context, print_json, print_lines, warn
from millwright.core.errors import ExitCode, FailedError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at, verify and export what was measured.\n\nExample: millwright results list rack",
)


app.command("import")(import_command)
app.command("ingest")(ingest_command)


@app.command("list")
def list_stored(
    facility: FacilityName, results_dir: ResultsDir = DEFAULT_RESULTS, as_json: AsJson = False
) -> None:
    """List the runs of a facility in the order of their chain, with those that were never stored.

    Example: millwright results list rack
    """
    with context() as here:
        found = list_results(here, facility, results_dir)
    if as_json:
        print_json(found)
    else:
        console().print(_table(found))


@app.command()
def show(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: RunId = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    at: Annotated[
        str | None,
        typer.Option(help="Print one line of the evidence instead: FILE:LINE."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show the verdicts of a run against the facility file stored with it, or a line of its evidence.

    Exits with the run's own verdict: 1 if a value failed, 3 if one is missing or undecided.

    Example: millwright results show rack --json
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    if at is not None:
        with context() as here:
            line = show_line(here, facility, run, results_dir, at, trust)
        if as_json:
            print_json(line)
        else:
            print_lines([line.text])
        return ExitCode.OK
    with context() as here:
        outcome = show_results(here, facility, run, results_dir, trust)
    if as_json:
        print_json(outcome)
    else:
        if outcome.rows or not outcome.imported:
            print_scorecard(outcome)
        for each in outcome.imported:
            print_imported(each)
    return outcome.exit_code


@app.command()
def verify(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: Annotated[
        str | None, typer.Argument(help="Run; every run if none is named.", show_default=False)
    ] = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    require_signature: Annotated[
        bool, typer.Option("--require-signature", help="Fail for a run that no allowed signer signed.")
    ] = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Certificate of a time stamp authority: require its stamp."
        ),
    ] = None,
    witness_signers: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="OpenSSH file of witnesses: require a signature of one."
        ),
    ] = None,
    witness: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Your own copies of the chain's stamps and signatures."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show any change to stored runs, who signed them, and whether one is missing, replaced or contradictory.

    Example: millwright results verify rack --require-signature
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    request = VerifyRequest(
        facility,
        run,
        results_dir,
        trust,
        require_signature,
        WitnessTrust(tsa_ca, witness_signers, witness),
    )
    with context() as here:
        outcome = verify_results(here, request)
    if as_json:
        print_json(outcome)
    else:
        for each in outcome.runs:
            _print_verification(each)
        _print_chain(outcome.chain)
    bad = [each.run_id for each in outcome.runs if not each.ok]
    if bad:
        raise FailedError(
            f"{len(bad)} of {len(outcome.runs)} runs can't be trusted: {', '.join(bad)}", code="MW6062"
        )
    if not outcome.ok:
        raise FailedError(
            f"the chain of {outcome.chain.runs} runs can't be trusted: see above",
            code="MW6197",
        )


@app.command()
def export(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    to: Annotated[Path, typer.Option(help="File to write: .csv or .parquet.")],
    run: RunId = None,
    every_run: Annotated[bool, typer.Option("--all", help="Every stored run in one table.")] = False,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    as_json: AsJson = False,
) -> None:
    """Write every sample of a run, or with --all of every run, as one table.

    Example: millwright results export rack --to samples.parquet
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    with context() as here:
        outcome = export_results(here, ExportRequest(facility, to, run, every_run, results_dir, trust))
    if as_json:
        print_json(outcome)
    else:
        count = len(outcome.runs)
        typer.echo(f"{outcome.file}: {outcome.samples} samples of {count} run{'s' * (count != 1)}")


@app.command()
def archive(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    to: Annotated[Path, typer.Option(help="What to write: FILE.zip, FILE.tar.gz or a new folder.")],
    run: RunId = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    as_json: AsJson = False,
) -> None:
    """Write a run as an archive: BagIt with RO-Crate metadata, and all that its report is made from.

    The same run gives the same bytes. millwright report --from-archive FILE makes the identical report
    elsewhere, without the results folder and without network.

    Example: millwright results archive rack --to rack-acceptance.zip
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    with context() as here:
        made = archive_run(here, ArchiveRequest(facility, to, run, results_dir, trust))
    if as_json:
        print_json(made)
    else:
        typer.echo(f"{made.path}: run {made.run} of {made.facility}, {made.files} files")
        if made.sha256:
            typer.echo(f"  sha256 {made.sha256}")
        typer.echo(
            f"  its report: millwright report --from-archive {made.path} (Millwright {made.millwright})"
        )


@app.command()
def facts(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: RunId = None,
    checks: Annotated[
        list[str] | None, typer.Option("--check", help="Only this check; may be repeated.")
    ] = None,
    names: Annotated[
        list[str] | None, typer.Option("--name", help="Only facts of this name or pattern: 'clocks.*'.")
    ] = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    against: Against = None,
    own_checks: OwnChecks = None,
    as_json: AsJson = False,
) -> None:
    """Show what ran and the state of its nodes: hashes, compiler, clocks, firmware, other users.

    Example: millwright results facts rack --name 'clocks.*'
    """
    trust = Trust(allowed_signers, allow_unsigned, against, tuple(own_checks or ()))
    found = show_facts(
        FactsRequest(facility, run, tuple(checks or ()), tuple(names or ()), results_dir, trust)
    )
    if as_json:
        print_json(found)
    else:
        _print_facts(found)


def _print_facts(found: ResultsFacts) -> None:
    heading = ""
    for row in found.facts:
        if heading != (heading := f"{row.partition} {row.case} from {row.seat}"):
            typer.echo(heading)
        value = row.value if row.readable else f"not readable: {row.value}"
        typer.echo(f"  {row.name}: {value}" + (f"  ({row.nodes})" if row.nodes else ""))
    for case in found.without_facts:
        typer.echo(f"{case.partition} {case.case} from {case.seat}: its job collected no facts")
    if found.broken_lines:
        warn(f"{found.broken_lines} lines in the files of facts hold none and were left out")


@app.command()
def witness(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    tsa: Annotated[str, typer.Option(help="Address of a time stamp authority (RFC 3161).")] = "",
    request: Annotated[
        Path | None, typer.Option(help="Write the request to this file, to be carried to an authority.")
    ] = None,
    response: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Store an authority's answer to a request."),
    ] = None,
    sign_with: Annotated[
        Path | None, typer.Option(help="Sign as a second party with this SSH private key.")
    ] = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    as_json: AsJson = False,
) -> None:
    """Have somebody else attest which runs there are, by a time stamp or a second party's signature.

    Example: millwright results witness rack --request rack.tsq
    """
    with context() as here:
        outcome = witness_chain(
            here, WitnessRequest(facility, tsa, request, response, sign_with, results_dir)
        )
    if as_json:
        print_json(outcome)
    else:
        time = f" at {outcome.time}" if outcome.time else ""
        typer.echo(f"{outcome.witness}: {outcome.runs} runs, up to number {outcome.number}{time}")
        typer.echo(f"Let the other side keep it with {outcome.listing}")


def _table(found: ResultsList) -> Table:
    table = Table(
        Column("No.", justify="right"),
        Column("Run", min_width=25),
        Column("State", min_width=11),
        Column("Started", min_width=20),
        "Sessions",
        "Millwright",
        box=None,
    )
    for run in found.runs:
        number = str(run.number) if run.number else "before the chain"
        table.add_row(*map(Text, (number, run.run, run.state, run.started, run.sessions, run.millwright)))
    return table


def _print_verification(run: VerifiedRun) -> None:
    word = "intact" if run.ok else "NOT TRUSTED"
    signature = " ".join(filter(None, (run.signature.state, run.signature.detail)))
    typer.echo(f"{run.run_id}: {word}, {run.files} files; signature: {signature}")
    for line in (*run.differences, *run.distrust, *run.contradictions):
        typer.echo(f"  {line}")


def _print_chain(chain: VerifiedChain) -> None:
    word = "NOT TRUSTED" if chain.breaks or chain.unwitnessed else "unbroken"
    typer.echo(f"chain of {chain.runs} runs: {word}")
    for line in (*chain.breaks, *chain.unwitnessed):
        typer.echo(f"  {line}")
    for line in chain.refused:
        typer.echo(f"  refused before its first case: {line}")
    for state, runs in (("never stored", chain.never_stored), ("interrupted", chain.interrupted)):
        if runs:
            typer.echo(f"  {len(runs)} {state}: {', '.join(runs)}")
    for each in chain.witnesses:
        time = f" at {each.time}" if each.time else ""
        typer.echo(f"  {each.kind} up to number {each.number}{time}: {each.state} {each.detail}".rstrip())
