"""``millwright run``: measure everything that a facility expects, and judge it."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from millwright.app.measure.preview import RunPlan, preview_run
from millwright.app.measure.resume import ResumeRequest, resume_run
from millwright.app.measure.run import RunOutcome, RunRequest, run_checks
from millwright.app.measure.soak import SoakOutcome, SoakRequest, check_hours, soak
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.cli.measure.preview import print_list, print_plan
from millwright.cli.measure.scorecard import print_scorecard
from millwright.cli.measure.soak import print_soak
from millwright.cli.options import AsJson, ChecksDirs, FacilityName, ResultsDir
from millwright.cli.output import context, print_json
from millwright.cli.signals import interruption
from millwright.core.errors import BadInputError, ExitCode, Problem

WHAT = "What to measure"
WHERE = "Where to run and store"
HOW = "How to run"


def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: Annotated[
        str | None, typer.Argument(help="With --resume: the run; the newest unfinished one if none is named.")
    ] = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this check, or those that match: 'Mpi*'; may be given again.", rich_help_panel=WHAT
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            help="Only checks with this tag or of this area; may be given again.", rich_help_panel=WHAT
        ),
    ] = None,
    tier: Annotated[
        str,
        typer.Option(help="Only checks of this tier: quick, vetting, full or soak.", rich_help_panel=WHAT),
    ] = "",
    hours: Annotated[
        float | None,
        typer.Option(
            min=0.001, help="With --tier soak: begin no round later than this.", rich_help_panel=HOW
        ),
    ] = None,
    nodes: Annotated[
        str, typer.Option(help="Only these nodes, as a node set: rack-c[1-2].", rich_help_panel=WHAT)
    ] = "",
    queue: Annotated[
        str, typer.Option(help="Slurm partition that the jobs are submitted to.", rich_help_panel=WHERE)
    ] = "",
    reservation: Annotated[
        str, typer.Option(help="Slurm reservation that the jobs run in.", rich_help_panel=WHERE)
    ] = "",
    repeat: Annotated[
        int,
        typer.Option(min=1, max=1000, help="Run each case of a foreign check N times.", rich_help_panel=WHAT),
    ] = 1,
    checks: ChecksDirs = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    junit: Annotated[
        Path | None,
        typer.Option(help="Write the verdicts as JUnit XML.", dir_okay=False, rich_help_panel=WHERE),
    ] = None,
    sign_with: Annotated[
        Path | None, typer.Option(help="SSH private key that signs the run; your account's own by default.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with a run that was killed or not stored.", rich_help_panel=HOW),
    ] = False,
    list_only: Annotated[
        bool,
        typer.Option("--list", help="List the checks and what is expected of them.", rich_help_panel=HOW),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what would run where, and for how long.", rich_help_panel=HOW),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Run every expected check, store the run and judge it.

    Exits with 1 if a value failed, 3 if one is missing, undecided or can't be stored.

    Example: millwright run rack --check MemoryBandwidth --check 'Mpi*' --junit junit.xml

    Example: millwright run rack --nodes rack-c[1-2] --queue cpu --tag commissioning

    Example: millwright run rack --tier quick

    Example: millwright run rack --tier soak --hours 24

    Example: millwright run rack --dry-run --nodes rack-c[1-2]

    Example: millwright run rack --check 'eessi.*' --repeat 6

    Example: millwright run rack --resume
    """
    request = RunRequest(
        facility=facility,
        checks=tuple(check or ()),
        tags=tuple(tag or ()),
        tier=tier,
        nodes=nodes,
        reservation=reservation,
        queue=queue,
        repeat=repeat,
        folders=tuple(checks or ()),
        results=results_dir,
        sign_with=sign_with,
        junit=junit,
    )
    if resume:
        _refuse_beside_resume(request)
    elif run is not None:
        raise BadInputError(
            [Problem("RUN", run, "a run without --resume", f"--resume {run}, or nothing", code="MW6266")]
        )
    if not (list_only or dry_run or resume):
        check_hours(tier, hours)
    with context() as here:
        if list_only or dry_run:
            show = print_list if list_only else print_plan
            return _preview(preview_run(here, request), as_json=as_json, show=show)
        if resume:
            return _show(resume_run(here, ResumeRequest(facility, run, junit)), as_json=as_json)
        if hours is not None:
            return _show_soak(soak(here, SoakRequest(request, hours)), as_json=as_json)
        return _show(run_checks(here, request), as_json=as_json)


def _preview(plan: RunPlan, *, as_json: bool, show: Callable[[RunPlan], None]) -> int:
    if as_json:
        print_json(plan)
    else:
        show(plan)
    return ExitCode.OK


def _show(outcome: RunOutcome, *, as_json: bool) -> int:
    if as_json:
        print_json(outcome)
    else:
        print_scorecard(outcome)
        typer.echo(f"Stored in {outcome.path}")
    if outcome.was_interrupted:
        raise interruption()
    return outcome.exit_code


def _show_soak(outcome: SoakOutcome, *, as_json: bool) -> int:
    if as_json:
        print_json(outcome)
    else:
        print_soak(outcome)
    return outcome.exit_code


def _refuse_beside_resume(request: RunRequest) -> None:
    """A run that goes on measures what it set out to measure."""
    given = {
        "--check": request.checks,
        "--tag": request.tags,
        "--tier": request.tier,
        "--checks": request.folders,
        "--nodes": request.nodes,
        "--queue": request.queue,
        "--repeat": request.repeat if request.repeat > 1 else None,
        "--reservation": request.reservation,
        "--sign-with": request.sign_with,
    }
    problems = [
        Problem("--resume", option, "is fixed since the run began", "--resume without it", code="MW6263")
        for option, value in given.items()
        if value
    ]
    if problems:
        raise BadInputError(problems)
