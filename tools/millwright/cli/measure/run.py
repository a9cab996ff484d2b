"""``millwright run``: measure everything that a facility expects, and judge it."""

import json
import platform
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from millwright import __version__
from millwright.adapters.here.provenance import git_commit, host_facts, wheel_version
from millwright.adapters.openssh.signatures import sign_file
from millwright.adapters.reframe.benchmark import machines_of, run_benchmarks
from millwright.adapters.reframe.process import CaseEvent, Seat
from millwright.adapters.slurm.usage import usage_or_reason
from millwright.antennas.user.files import ensure_user_access
from millwright.app.signing import own_signing_key
from millwright.cli.measure.results import DEFAULT_DIR, ResultsDir, print_scorecard
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, MillwrightError, Problem
from millwright.core.places import checkout, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.results.run_info import ExpectedValue, RunInfo, iso_utc, make_run_id
from millwright.results.runs import load_run
from millwright.verdicts.expectations import Expectation, find_commitment_problems, list_expectations
from millwright.verdicts.scorecard import Scorecard, score


def command(
    name: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    check: Annotated[list[str] | None, typer.Option(help="Only this check; may be given again.")] = None,
    results_dir: ResultsDir = DEFAULT_DIR,
    sign_with: Annotated[
        Path | None, typer.Option(help="SSH private key that signs the run; your account's own by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Run every expected check, store the run and judge it.

    Exits with 1 where a value failed, 3 where one is missing or undecided.

    Example: millwright run rack --check MemoryBandwidth --check Gemm
    """
    path = facility_file(name)
    facility = load_facility(path)
    if problems := find_commitment_problems(facility, str(path)):
        raise BadInputError(problems)
    wanted = _choose(list_expectations(facility), check or [], str(path))
    names = list(dict.fromkeys(expectation.check for expectation in wanted))
    info = _begin(facility, wanted)
    folder = state_folder(facility.name) / "sessions" / info.run_id
    machines = machines_of(facility, names, info.run_id, folder)
    with _progress() as progress:
        stored = run_benchmarks(
            machines,
            names,
            path.read_bytes(),
            info=info,
            now=lambda: iso_utc(utc_now()),
            root=results_dir,
            follow=_follower(progress),
            sign=partial(sign_file, key=sign_with or own_signing_key()),
            begin=partial(_renew_certificates, facility, _warner(progress)),
            account=lambda: usage_or_reason(facility, utc_now()),
        )
    scorecard = _only(score(facility, load_run(stored.path)), names)
    if as_json:
        typer.echo(json.dumps({**asdict(scorecard), "exit_code": scorecard.exit_code}, indent=2, default=str))
    else:
        print_scorecard(scorecard)
        typer.echo(f"Stored in {stored.path}")
    if stored.was_interrupted:
        raise KeyboardInterrupt
    raise typer.Exit(scorecard.exit_code)


def _choose(expected: Sequence[Expectation], checks: Sequence[str], file: str) -> tuple[Expectation, ...]:
    """What is expected of the checks named, or of all."""
    known = dict.fromkeys(expectation.check for expectation in expected)
    unknown = [name for name in checks if name not in known]
    if unknown:
        listing = ", ".join(known) or "a facility with expected checks"
        key, what = "--check", "not expected here"
        raise BadInputError(Problem(file, f"{key} {name}", what, f"one of {listing}") for name in unknown)
    return tuple(expectation for expectation in expected if not checks or expectation.check in checks)


def _begin(facility: Facility, expected: Sequence[Expectation]) -> RunInfo:
    started = utc_now()
    return RunInfo(
        run_id=make_run_id(started, secrets.token_hex(4)),
        facility=facility.name,
        started=iso_utc(started),
        finished="",
        millwright_version=__version__,
        git_commit=git_commit(checkout()),
        tool_versions={"Python": platform.python_version(), **wheel_version(checkout())},
        host=host_facts(),
        emulated_partitions=tuple(name for name in facility.partitions if facility.is_emulated(name)),
        expected=tuple(ExpectedValue(e.partition, e.check, e.metric, e.place) for e in expected),
    )


def _renew_certificates(facility: Facility, warn: Callable[[str], None], seat: Seat) -> None:
    """Make an antenna's user ready for its seat; the run goes on without, and the probe's login fails."""
    now = utc_now()
    for name, antenna in facility.antennas.items() if seat is Seat.USER else ():
        user = antenna.users[0].name
        try:
            ensure_user_access(facility, name, user, state=state_folder(facility.name), now=now)
        except MillwrightError as error:
            warn(f"antenna {name}: the access of {user} was not renewed: {error}")


def _only(scorecard: Scorecard, checks: Sequence[str]) -> Scorecard:
    """The verdicts of the checks that were asked for: leaving one out is no failure to measure it."""
    return replace(
        scorecard,
        rows=tuple(row for row in scorecard.rows if row.expectation.check in checks),
        rollups=tuple(rollup for rollup in scorecard.rollups if rollup.check in checks),
    )


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _warner(progress: Progress) -> Callable[[str], None]:
    def warn(text: str) -> None:
        progress.console.print(f"warning: {text}", markup=False, highlight=False)

    return warn


def _follower(progress: Progress) -> Callable[[Seat, CaseEvent], None]:
    """One line for each case that ended, and one that moves for what runs."""
    running = progress.add_task("looking for checks", total=None)

    def follow(seat: Seat, event: CaseEvent) -> None:
        where = f"{event.check} on {event.partition}"
        if not event.result:
            progress.update(running, description=f"{seat}: {where}")
            return
        progress.update(running, completed=event.done, total=event.total)
        progress.console.print(f"  {event.result:>5} {where}", markup=False, highlight=False)

    return follow
