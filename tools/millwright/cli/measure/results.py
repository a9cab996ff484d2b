"""``millwright results``: look at, verify and export what was measured."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table
from rich.text import Text

from millwright.adapters.openssh.signatures import check_signature
from millwright.app.signing import known_signers
from millwright.core.errors import BadInputError, FailedError
from millwright.core.places import default_folder
from millwright.core.verdict import Verdict
from millwright.facility import load_facility
from millwright.results.run_info import RUN_ID
from millwright.results.runs import StoredRuns, find_run, list_runs, load_run, read_info
from millwright.results.tables import export as export_table
from millwright.results.tables import tabulate
from millwright.results.verification import VerifyResult, verify_run
from millwright.verdicts.judge import Judgement
from millwright.verdicts.scorecard import Rollup, Scorecard, score

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at, verify and export what was measured.",
)

FacilityName = Annotated[str, typer.Argument(help="Name of the facility, as in its facility.yaml.")]
RunId = Annotated[str | None, typer.Argument(help="Run; the newest where none is named.")]
ResultsDir = Annotated[Path, typer.Option(help="Folder that holds the results of all facilities.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

DEFAULT_DIR = default_folder("results")
STYLES: dict[Verdict | None, str] = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_MEASURED: "magenta",
}


@app.command("list")
def list_stored(
    facility: FacilityName, results_dir: ResultsDir = DEFAULT_DIR, as_json: AsJson = False
) -> None:
    """List the stored runs of a facility, oldest first.

    Example: millwright results list rack
    """
    stored = list_runs(results_dir, facility)
    rows = [_summary(path) for path in stored.runs]
    _warn_of_leftovers(stored)
    if as_json:
        left = [str(path) for path in stored.leftovers]
        typer.echo(json.dumps({"facility": facility, "runs": rows, "leftovers": left}, indent=2))
        return
    table = Table(
        Column("Run", min_width=25), Column("Started", min_width=20), "Sessions", "Millwright", box=None
    )
    for row in rows:
        table.add_row(*(Text(str(row[key])) for key in ("run", "started", "sessions", "millwright")))
    Console().print(table)


@app.command()
def show(
    facility: FacilityName, run: RunId = None, results_dir: ResultsDir = DEFAULT_DIR, as_json: AsJson = False
) -> None:
    """Show the verdicts of a run against the facility file stored with it.

    Exits with the run's own verdict: 1 where a value failed, 3 where one is missing or undecided.

    Example: millwright results show rack --json
    """
    loaded = load_run(find_run(results_dir, facility, run))
    scorecard = score(load_facility(loaded.facility_file), loaded)
    if as_json:
        typer.echo(json.dumps({**asdict(scorecard), "exit_code": scorecard.exit_code}, indent=2, default=str))
    else:
        print_scorecard(scorecard)
    raise typer.Exit(scorecard.exit_code)


@app.command()
def verify(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: Annotated[str | None, typer.Argument(help="Run; every run where none is named.")] = None,
    results_dir: ResultsDir = DEFAULT_DIR,
    allowed_signers: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="OpenSSH file of who may sign runs.")
    ] = None,
    require_signature: Annotated[
        bool, typer.Option("--require-signature", help="Fail for a run that no allowed signer signed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show any change to stored runs since they were stored, and who signed them.

    Example: millwright results verify rack --allowed-signers signers --require-signature
    """
    checker = partial(check_signature, allowed_signers=known_signers(allowed_signers))
    runs = _to_verify(results_dir, facility, run)
    results = [verify_run(path, checker) for path in _follow(runs, "Verifying")]
    bad = [r for r in results if not r.is_trustworthy or (require_signature and r.signature.state != "good")]
    if as_json:
        typer.echo(json.dumps([{**asdict(r), "ok": r not in bad} for r in results], indent=2))
    else:
        for result in results:
            _print_verification(result, is_bad=result in bad)
    if bad:
        names = ", ".join(result.run_id for result in bad)
        raise FailedError(f"{len(bad)} of {len(results)} runs can't be trusted: {names}")


@app.command()
def export(
    facility: FacilityName,
    to: Annotated[Path, typer.Option(help="File to write: .csv or .parquet.")],
    run: RunId = None,
    results_dir: ResultsDir = DEFAULT_DIR,
) -> None:
    """Write every sample of a run, or of all runs, as one table.

    Example: millwright results export rack --to samples.parquet
    """
    paths = [find_run(results_dir, facility, run)] if run else list(list_runs(results_dir, facility).runs)
    if not paths:
        find_run(results_dir, facility)
    table = tabulate(load_run(path) for path in _follow(paths, "Reading"))
    export_table(table, to)
    typer.echo(f"{to}: {len(table)} samples of {len(paths)} run{'s' * (len(paths) != 1)}")


def _summary(path: Path) -> dict[str, object]:
    try:
        info = read_info(path)
    except BadInputError as error:
        return {
            "run": path.name,
            "started": "unreadable",
            "finished": "-",
            "sessions": "-",
            "millwright": str(error),
        }
    seats = ", ".join(session.seat for session in info.sessions)
    version = info.millwright_version
    return {
        "run": path.name,
        "started": info.started,
        "finished": info.finished,
        "sessions": seats,
        "millwright": version,
    }


def _warn_of_leftovers(stored: StoredRuns) -> None:
    for path in stored.leftovers:
        why = "a run whose manifest is gone" if RUN_ID.fullmatch(path.name) else "no complete run"
        typer.echo(f"not counted: {path}: {why}", err=True)


def _to_verify(root: Path, facility: str, run: str | None) -> list[Path]:
    """Every run asked for; one whose manifest is gone is verified too, so that it can't slip away."""
    stored = list_runs(root, facility)
    _warn_of_leftovers(stored)
    all_runs = sorted([*stored.runs, *(path for path in stored.leftovers if RUN_ID.fullmatch(path.name))])
    if run is None and all_runs:
        return all_runs
    return [path for path in all_runs if path.name == run] or [find_run(root, facility, run)]


def _follow(paths: Iterable[Path], what: str) -> Iterable[Path]:
    console = Console(stderr=True)
    return track(list(paths), what, console=console, transient=True, disable=not console.is_terminal)


def _print_verification(result: VerifyResult, *, is_bad: bool) -> None:
    word = "NOT TRUSTED" if is_bad else "intact"
    signature = " ".join(filter(None, (result.signature.state, result.signature.detail)))
    typer.echo(f"{result.run_id}: {word}, {result.files} files; signature: {signature}")
    for line in result.describe():
        typer.echo(f"  {line}")


def print_scorecard(scorecard: Scorecard) -> None:
    """Print the verdict on every expected value, then what was not expected or rejected."""
    console = Console(soft_wrap=True)
    console.print(Text(f"Run {scorecard.run_id}"))
    for rollup in scorecard.rollups:
        console.print(_line(rollup))
        console.print(Text(f"{'':14}{_where(rollup)}: {rollup.deciding.judgement.reason}", style="dim"))
    for series in scorecard.unexpected:
        where = f"{series.partition} {series.check} {series.metric} {series.node} {series.device}".rstrip()
        console.print(Text(f"not expected: {where}: {len(series.values)} samples"))
    for rejected in scorecard.rejected:
        origin = rejected.origin
        console.print(Text(f"rejected: {origin.partition} {origin.case}: {'; '.join(rejected.reasons)}"))


def _line(rollup: Rollup) -> Text:
    expectation = rollup.deciding.expectation
    unit, reference = expectation.says.unit, expectation.reference
    limit = f", limit {reference.limit:.4g} {unit}" if reference else ""
    line = Text(f"{rollup.verdict or 'no reference':12}  ", style=STYLES.get(rollup.verdict, ""))
    name = f"{rollup.partition} {rollup.check} {rollup.metric}{' (emulated)' * rollup.deciding.emulated}"
    return line.append(f"{name}  {_median(rollup.deciding.judgement, unit)}{limit}", style="default")


def _where(rollup: Rollup) -> str:
    """Name the deciding place, and say of how many it is the worst."""
    place = f"{rollup.deciding.node} {rollup.deciding.device}".rstrip()
    return f"{place} (worst of {len(rollup.rows)})" if len(rollup.rows) > 1 else place


def _median(judgement: Judgement, unit: str) -> str:
    interval = judgement.interval
    if interval is None:
        return "no value"
    ends = "no interval" if interval.low is None else f"{interval.low:.4g} to {interval.high:.4g}"
    return f"{interval.median:.4g} {unit} ({ends}, n = {interval.n})"
