"""``millwright run``: measure everything that a facility expects, and judge it."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.app.measure.run import RunRequest, run_checks
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.cli.measure.scorecard import print_scorecard
from millwright.cli.options import AsJson, FacilityName, ResultsDir
from millwright.cli.output import context, print_json


def command(
    facility: FacilityName,
    check: Annotated[list[str] | None, typer.Option(help="Only this check; may be given again.")] = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    sign_with: Annotated[
        Path | None, typer.Option(help="SSH private key that signs the run; your account's own by default.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Run every expected check, store the run and judge it.

    Exits with 1 if a value failed, 3 if one is missing or undecided.

    Example: millwright run rack --check MemoryBandwidth --check Gemm
    """
    request = RunRequest(facility, tuple(check or ()), results_dir, sign_with)
    with context() as here:
        outcome = run_checks(here, request)
    if as_json:
        print_json(outcome)
    else:
        print_scorecard(outcome)
        typer.echo(f"Stored in {outcome.path}")
    if outcome.was_interrupted:
        raise KeyboardInterrupt
    return outcome.exit_code
