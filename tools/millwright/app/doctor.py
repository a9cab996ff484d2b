"""``doctor``: what is missing here for each command."""

from dataclasses import dataclass
from typing import Any

from millwright.doctor.findings import Diagnosis, diagnose
from millwright.doctor.machine import look_at_machine
from millwright.doctor.site import look_at_site
from millwright.errors import ExitCode
from millwright.facility import load_facility
from millwright.facility.places import facility_file

FORMAT = "millwright-doctor/1"


@dataclass(frozen=True, slots=True)
class DoctorContext:
    """What is looked at."""

    facility: str | None = None
    """Name or path of a facility, whose hosts are tried too; None for this machine alone."""


def examine(context: DoctorContext) -> Diagnosis:
    """Look at this machine and at the hosts of the facility; changes nothing.

    Raises :exc:`millwright.errors.BadInputError` if the facility can't be read.
    """
    if context.facility is None:
        return diagnose(look_at_machine())
    file = facility_file(context.facility)
    facility = load_facility(file)
    return diagnose(look_at_machine(), look_at_site(file, facility))


def exit_code(diagnosis: Diagnosis) -> ExitCode:
    """0 if every command can run, else 3."""
    return ExitCode.OK if diagnosis.is_complete else ExitCode.NOT_TESTED


def to_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as ``--json`` prints it; docs/reference/doctor.md describes each key."""
    return {
        "format": FORMAT,
        "facility": diagnosis.facility,
        "python": diagnosis.python,
        "hosts_tried": diagnosis.hosts,
        "complete": diagnosis.is_complete,
        "commands": [
            {"command": state.command, "ready": state.is_ready, "missing": list(state.missing)}
            for state in diagnosis.commands
        ],
        "findings": [
            {
                "subject": finding.subject,
                "detail": finding.detail,
                "mend": finding.mend,
                "commands": list(finding.commands),
                "optional": finding.is_optional,
            }
            for finding in diagnosis.findings
        ],
    }
