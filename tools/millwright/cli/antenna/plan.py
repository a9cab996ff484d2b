"""``millwright antenna plan``: what an apply would change, with nothing touched."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from millwright.antennas.bundle.imported import by_bundle, by_ssh, why_a_bundle_is_needed
from millwright.antennas.rollout.apply import chosen_antennas, find_unreached
from millwright.antennas.rollout.plan import (
    Change,
    Plan,
    plan_factory,
    plan_gateways,
    scratch_state,
    stand_in_for_factory_key,
)
from millwright.antennas.trust.prepared import write_trust
from millwright.cli.antenna.user import AntennaName, FacilityName
from millwright.core.clock import utc_now
from millwright.core.errors import ExitCode
from millwright.core.places import checkout, facility_file, state_folder
from millwright.facility import Facility, load_facility


def plan(
    name: FacilityName,
    antenna: AntennaName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Say what an apply would change on the gateways and at the factory, as a diff; touch nothing.

    Exit code 3 where a gateway or the factory could not be asked.

    Example: millwright antenna plan rack --antenna coast
    """
    path = facility_file(name)
    facility = load_facility(path)
    names, now = chosen_antennas(facility, antenna), utc_now()
    records = state_folder(facility.name)
    with Console(stderr=True).status("reaching the gateways") as status:
        unreached = find_unreached(facility, names)
        reached = [each for each in by_ssh(facility, names) if each not in unreached]
        groups = [f"antenna_{each}" for each in reached]
        with scratch_state(records) as state:
            write_trust(facility, path, reached, state=state, now=now)
            is_first = stand_in_for_factory_key(state)
            due = _due(facility, names, records)
            status.update("asking the gateways")
            changes, diff = plan_gateways(path, checkout(), groups) if groups else ((), "")
            status.update("asking the factory")
            more, factory_diff, silent = plan_factory(path, facility, state=state, now=now)
    bundles = (Change(facility.antennas[each].gateway, f"new bundle: {why}") for each, why in due.items())
    planned = Plan((*changes, *bundles, *more), diff + factory_diff, unreached | silent, is_first)
    _show(planned, as_json=as_json)
    raise typer.Exit(ExitCode.NOT_TESTED if planned.unreached else ExitCode.OK)


def _due(facility: Facility, names: tuple[str, ...], state: Path) -> dict[str, str]:
    """Gateways that need a new bundle, as an apply would say it; nothing is written."""
    found = {
        each: why_a_bundle_is_needed(facility, each, state=state, root=checkout())
        for each in by_bundle(facility, names)
    }
    return {each: why for each, why in found.items() if why is not None}


def _show(planned: Plan, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(planned.as_json(), indent=2))
        return
    for change in planned.changes:
        typer.echo(f"would change  {change.host}: {change.step}")
    if planned.diff:
        typer.echo(planned.diff, nl=False)
    if planned.is_first:
        typer.echo("The factory makes its WireGuard key at the first apply; a stand-in is shown for it.")
    for where, why in planned.unreached.items():
        typer.echo(f"{where}: NOT REACHED: {why}", err=True)
    typer.echo(f"{len(planned.changes)} steps would change something; nothing was touched")
