"""``millwright antenna plan``."""

import typer

from millwright.app.antenna import plan as application
from millwright.app.antenna.plan import AntennaPlan
from millwright.cli.options import AntennaName, AsJson, FacilityName
from millwright.cli.output import context, print_json, warn


def plan(facility: FacilityName, antenna: AntennaName = None, as_json: AsJson = False) -> int:
    """Show what an apply would change on the gateways and at the factory, as a diff; touch nothing.

    Exit code 3 if a gateway or the factory could not be asked.

    Example: millwright antenna plan rack --antenna coast
    """
    with context() as here:
        outcome = application.plan(here, facility, antenna)
    if as_json:
        print_json(outcome)
    else:
        _print_plan(outcome)
    return outcome.exit_code


def _print_plan(outcome: AntennaPlan) -> None:
    for change in outcome.changes:
        typer.echo(f"would change  {change.host}: {change.step}")
    typer.echo(outcome.diff, nl=False)
    if outcome.is_first:
        typer.echo("The factory makes its WireGuard key at the first apply; a stand-in is shown for it.")
    for name, why in outcome.unreached.items():
        warn(f"{name}: NOT REACHED: {why}")
    typer.echo(f"{len(outcome.changes)} steps would change something; nothing was touched")
