"""``millwright doctor``: what is missing here for each command, and the line that mends it."""

from typing import Literal

from millwright.app.document import Document, Part
from millwright.core.errors import ExitCode
from millwright.core.places import facility_file
from millwright.doctor.findings import Diagnosis, diagnose
from millwright.doctor.machine import look_at_machine
from millwright.doctor.site import look_at_site
from millwright.facility import load_facility


class CommandReport(Part):
    """Whether one command, or group of commands, can run."""

    command: str
    ready: bool
    missing: tuple[str, ...]
    """Subjects of the findings that keep it from running."""


class FindingReport(Part):
    """One thing that is missing."""

    subject: str
    detail: str
    """Why it counts as missing; empty if it is just not there."""
    mend: str
    """The line to type, or what to do if no one line does."""
    commands: tuple[str, ...]
    """Commands that use it."""
    optional: bool
    """Commands do without it, or install it by themselves."""


class DoctorReport(Document):
    """What is missing on this machine or at a site."""

    format: Literal["millwright-doctor/1"] = "millwright-doctor/1"
    exit_code: int
    facility: str | None
    python: str
    """Version of the interpreter."""
    hosts_tried: int | None
    """Number of hosts that were tried; null without a facility."""
    commands: tuple[CommandReport, ...]
    findings: tuple[FindingReport, ...]


def examine(facility: str | None = None) -> DoctorReport:
    """Look at this machine, and at the hosts of ``facility`` (a name or path) if one is given.

    Changes nothing. Raises :exc:`millwright.core.errors.BadInputError` if the facility can't be read.
    """
    if facility is None:
        return _document(diagnose(look_at_machine()))
    file = facility_file(facility)
    described = load_facility(file)
    return _document(diagnose(look_at_machine(), look_at_site(file, described)))


def _document(found: Diagnosis) -> DoctorReport:
    return DoctorReport(
        exit_code=int(ExitCode.OK if found.is_complete else ExitCode.NOT_TESTED),
        facility=found.facility,
        python=found.python,
        hosts_tried=found.hosts,
        commands=tuple(
            CommandReport(command=state.command, ready=state.is_ready, missing=state.missing)
            for state in found.commands
        ),
        findings=tuple(
            FindingReport(
                subject=finding.subject,
                detail=finding.detail,
                mend=finding.mend,
                commands=finding.commands,
                optional=finding.is_optional,
            )
            for finding in found.findings
        ),
    )
