"""``millwright antenna schedule``: measure all antennas regularly, by a systemd timer."""

import os
import sys
from pathlib import Path
from typing import Literal

from millwright.adapters.reframe.process import LaunchSite, checks_of
from millwright.antennas.proof.schedule import Schedule, unit_files, unit_stem
from millwright.antennas.proof.user_units import ensure_no_timer, ensure_timer, user_units_folder
from millwright.app.document import Document
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import SITE_VARIABLE, STATE_VARIABLE, facility_file
from millwright.facility import Facility, load_facility
from millwright.facility.topics.acceptance import Every
from millwright.verdicts.expectations import list_expectations

INHERITED = ("MILLWRIGHT_HOME", SITE_VARIABLE, STATE_VARIABLE)
"""Environment variables that the timer's runs get from the command that made it."""
NO_UNITS = (
    "No units: {file} has no `acceptance: {{every: ...}}`, so nothing is scheduled; "
    "`acceptance: {{every: daily}}` there measures every day."
)


class AntennaSchedule(Document):
    """The systemd units that measure a facility's antennas."""

    format: Literal["millwright-antenna-schedule/1"] = "millwright-antenna-schedule/1"
    facility: str
    timer: str
    """Name of the timer."""
    every: str | None
    """How often the timer fires; null if nothing is scheduled."""
    changed: bool
    """The units of this account were changed; false if they were only shown."""
    units: dict[str, str]
    """Text of each unit by its name."""
    reason: str | None
    """Why there are no units; null if there are."""


def planned_schedule(facility: str, results_dir: Path) -> AntennaSchedule:
    """The units that :func:`schedule` would put in place; nothing is changed.

    Raises :exc:`BadInputError` if no antenna has a check.
    """
    file = facility_file(facility).resolve()
    described = load_facility(file)
    every = described.acceptance.every if described.acceptance else None
    return AntennaSchedule(
        facility=described.name,
        timer=f"{unit_stem(described.name)}.timer",
        every=every,
        changed=False,
        units=unit_files(_schedule(described, every, file, results_dir.resolve())) if every else {},
        reason=None if every else NO_UNITS.format(file=file),
    )


def schedule(facility: str, results_dir: Path) -> AntennaSchedule:
    """Put the units in place, or remove them if the facility schedules nothing.

    Raises :exc:`NotTestableError`, with nothing changed, if systemd does not answer.
    """
    planned = planned_schedule(facility, results_dir)
    folder = user_units_folder()
    if planned.every:
        changed = ensure_timer(planned.units, planned.timer, folder)
    else:
        service = f"{unit_stem(planned.facility)}.service"
        changed = ensure_no_timer([service, planned.timer], planned.timer, folder)
    return planned.model_copy(update={"changed": changed})


def _schedule(facility: Facility, every: Every, file: Path, results: Path) -> Schedule:
    registry = checks_for(file)
    expected = [each.variant for each in list_expectations(facility, registry)]
    checks = checks_of(LaunchSite.USER, expected, registry)
    if not checks:
        problem = Problem(
            str(file), "acceptance", "no antenna expects anything", "checks of an antenna", code="MW1708"
        )
        raise BadInputError([problem])
    chosen = [word for check in checks for word in ("--check", check)]
    words = ("-m", "millwright", "run", str(file), *chosen, "--results-dir", str(results))
    return Schedule(
        facility=facility.name,
        every=every,
        command=(sys.executable, *words),
        environment={name: os.environ[name] for name in INHERITED if name in os.environ},
        folder=file.parent,
    )
