"""``millwright antenna schedule``: acceptance of all antennas, again and again."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from millwright.adapters.reframe.process import Seat, checks_of
from millwright.antennas.proof.schedule import Schedule, unit_files, unit_stem
from millwright.antennas.proof.user_units import ensure_no_timer, ensure_timer, user_units_folder
from millwright.cli.antenna.user import FacilityName
from millwright.cli.measure.results import DEFAULT_DIR, ResultsDir
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import SITE_VARIABLE, STATE_VARIABLE, facility_file
from millwright.facility import Facility, load_facility
from millwright.facility.topics.acceptance import Every
from millwright.verdicts.expectations import list_expectations

KEPT = ("MILLWRIGHT_HOME", SITE_VARIABLE, STATE_VARIABLE)
"""What the timer's runs must know as this one does."""
NO_UNITS = "No units: {file} has no `acceptance: {{every: ...}}`, so nothing is scheduled."


def schedule(
    name: FacilityName,
    results_dir: ResultsDir = DEFAULT_DIR,
    show: Annotated[bool, typer.Option("--print", help="Only print the units.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Measure all antennas as often as `acceptance.every` says, as this account, from this machine.

    Runs lie with those of `millwright run`. Where the facility has no such key, the timer is taken away.
    Exit code 3 where systemd does not answer; nothing has changed then.

    Example: millwright antenna schedule rack --print
    """
    path = facility_file(name).resolve()
    facility = load_facility(path)
    stem, every = unit_stem(facility.name), facility.acceptance.every if facility.acceptance else None
    units = unit_files(_schedule(facility, every, path, results_dir.resolve())) if every else {}
    if show:
        if not units:
            typer.echo(NO_UNITS.format(file=path), err=True)
        typer.echo(json.dumps(units, indent=2) if as_json else "\n".join(units.values()), nl=as_json)
        return
    folder, timer = user_units_folder(), f"{stem}.timer"
    if every:
        changed = ensure_timer(units, timer, folder)
    else:
        changed = ensure_no_timer([f"{stem}.service", timer], timer, folder)
    if as_json:
        row = {"timer": timer, "every": every, "changed": changed}
        typer.echo(json.dumps(row, indent=2))
        return
    typer.echo(f"{timer}: {every or 'not scheduled'}; {'changed' if changed else 'nothing to change'}")


def _schedule(facility: Facility, every: Every, path: Path, results: Path) -> Schedule:
    checks = checks_of(Seat.USER, {each.check for each in list_expectations(facility)})
    if not checks:
        problem = Problem(str(path), "acceptance", "no antenna expects anything", "checks of an antenna")
        raise BadInputError([problem])
    chosen = [word for check in checks for word in ("--check", check)]
    words = ("-m", "millwright", "run", str(path), *chosen, "--results-dir", str(results))
    return Schedule(
        facility=facility.name,
        every=every,
        command=(sys.executable, *words),
        environment={name: os.environ[name] for name in KEPT if name in os.environ},
        folder=path.parent,
    )
