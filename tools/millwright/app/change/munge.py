"""``millwright munge rotate``: another MUNGE key for every host of a facility."""

from pathlib import Path
from typing import Literal

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.ansible.playbook import apply
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.places import facility_file, state_folder
from millwright.facility import Facility, load_facility

PLAYBOOK = "rotate_munge_key.yml"


class MungeRotation(Document):
    """What a rotation came to."""

    format: Literal["millwright-munge-rotate/1"] = "millwright-munge-rotate/1"
    facility: str
    exit_code: int
    hosts: int
    """Hosts of the facility that take part."""
    reasons: tuple[str, ...]
    """Each different reason of a failure once."""
    unreachable: tuple[str, ...]
    log: str
    """File with Ansible's own output."""


def rotate_munge_key(context: Context, facility: str) -> MungeRotation:
    """Give every host another MUNGE key in the same second; nothing changes if one cannot be reached.

    ``facility`` is the name of a known facility or a path. Raises :exc:`BadInputError` if the facility has no
    services or does not let Millwright manage MUNGE.
    """
    file = facility_file(facility)
    described = load_facility(file)
    _refuse(described, file)

    def narrate(event: Event) -> None:
        if event["event"] == "task":
            context.progress.step("munge key", str(event["name"]))

    result = apply(
        file,
        described,
        ApplyOptions(playbook=PLAYBOOK),
        state=state_folder(described.name),
        now=context.now(),
        on_event=narrate,
    )
    return _document(result, described.name)


def _refuse(facility: Facility, file: Path) -> None:
    """A facility that is adopted role by role keeps its key until MUNGE is among the roles."""
    if facility.services is None:
        problem = "missing, so no host of this facility has a MUNGE key"
        raise BadInputError(
            [
                Problem(
                    str(file), "services", problem, "controller, database, login and harness", code="MW1334"
                )
            ]
        )
    if facility.manages is not None and "munge" not in facility.manages:
        problem = "munge may not change this cluster, so its key stays"
        raise BadInputError([Problem(str(file), "manages", problem, "munge in it", code="MW1335")])


def _document(result: ApplyResult, facility: str) -> MungeRotation:
    return MungeRotation(
        facility=facility,
        exit_code=int(ExitCode(result.exit_code)),
        hosts=len(result.hosts),
        reasons=tuple(dict.fromkeys(failure.message for failure in result.failures)),
        unreachable=tuple(host.host for host in result.hosts if host.state == "unreachable"),
        log=str(result.log),
    )
