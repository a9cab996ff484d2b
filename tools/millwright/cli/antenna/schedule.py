"""``millwright antenna schedule``."""

from typing import Annotated

import typer

from millwright.app.antenna import schedule as application
from millwright.app.antenna.schedule import AntennaSchedule
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.cli.options import AsJson, FacilityName, ResultsDir
from millwright.cli.output import print_json, warn


def schedule(
    facility: FacilityName,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    show: Annotated[bool, typer.Option("--print", help="Only print the units.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure all antennas as often as `acceptance.every` says, as this account, from this machine.

    Runs are stored with those of `millwright run`. If the facility has no such key, the timer is removed.
    Exit code 3 if systemd does not answer; nothing has changed then.

    Example: millwright antenna schedule rack --print
    """
    if show:
        outcome = application.planned_schedule(facility, results_dir)
    else:
        outcome = application.schedule(facility, results_dir)
    if as_json:
        print_json(outcome)
    elif show:
        _print_units(outcome)
    else:
        state = "changed" if outcome.changed else "nothing to change"
        typer.echo(f"{outcome.timer}: {outcome.every or 'not scheduled'}; {state}")


def _print_units(outcome: AntennaSchedule) -> None:
    if outcome.reason:
        warn(outcome.reason)
    typer.echo("\n".join(outcome.units.values()), nl=False)
