"""``millwright munge``: the secret by which the hosts of a factory know each other."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from millwright.cli.rack_progress import shown
from millwright.errors import BadInputError, ExitCode, Problem
from millwright.facility import load_facility
from millwright.facility.model import Facility
from millwright.facility.places import facility_file, state_folder
from millwright.readers.ansible import apply
from millwright.readers.ansible_events import ApplyOptions, ApplyResult, Event

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The secret by which the hosts of a factory know each other.\n\n"
    "Example: millwright munge rotate rack",
)
PLAYBOOK = "rotate_munge_key.yml"


@app.callback()
def _group() -> None:
    """Keeps ``rotate`` a command of a group although it is alone in it."""


@app.command()
def rotate(
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
) -> int:
    """Give every host another MUNGE key in the same second; jobs go on.

    Nothing is changed where one host can't be reached, since it would be locked out.

    The same as: ansible-playbook -i inventories/rack/facility.yaml playbooks/rotate_munge_key.yml

    Example: millwright munge rotate rack
    """
    file = facility_file(facility)
    described = load_facility(file)
    _refuse(described, file)
    with shown() as steps:

        def narrate(event: Event) -> None:
            if event["event"] == "task":
                steps.step("munge key", str(event["name"]))

        result = apply(
            file,
            described,
            ApplyOptions(playbook=PLAYBOOK),
            state=state_folder(described.name),
            now=datetime.datetime.now(datetime.UTC),
            on_event=narrate,
        )
    for line in told(result, described.name):
        typer.echo(line)
    return result.exit_code


def _refuse(facility: Facility, file: Path) -> None:
    """A facility that is adopted role by role keeps its key until MUNGE is among the roles."""
    if facility.services is None:
        problem = "missing, so no host of this facility has a MUNGE key"
        raise BadInputError(
            [Problem(str(file), "services", problem, "controller, database, login and harness")]
        )
    if facility.manages is not None and "munge" not in facility.manages:
        problem = "munge may not change this cluster, so its key stays"
        raise BadInputError([Problem(str(file), "manages", problem, "munge in it")])


def told(result: ApplyResult, facility: str) -> list[str]:
    """What a rotation came to, with each different reason once."""
    reasons = list(dict.fromkeys(failure.message for failure in result.failures))
    lost = [host.host for host in result.hosts if host.state == "unreachable"]
    lines = [*reasons, *([f"not reached: {', '.join(lost)}"] if lost else [])]
    if result.exit_code == ExitCode.OK:
        lines.append(f"{facility}: {len(result.hosts)} hosts have the new key, and know each other by it.")
    return [*lines, f"log: {result.log}"]
