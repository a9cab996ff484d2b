"""``millwright munge``: the secret by which the hosts of a factory know each other."""

from collections.abc import Iterator

import typer

from millwright.app.change.munge import MungeRotation, rotate_munge_key
from millwright.cli.options import AsJson, FacilityName
from millwright.cli.output import context, print_json, print_lines
from millwright.core.errors import ExitCode

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The secret by which the hosts of a factory know each other.\n\n"
    "Example: millwright munge rotate rack",
)


@app.callback()
def _group() -> None:
    """Keeps ``rotate`` a command of a group although it is alone in it."""


@app.command()
def rotate(facility: FacilityName, as_json: AsJson = False) -> int:
    """Give every host another MUNGE key in the same second; jobs go on.

    Nothing is changed if one host cannot be reached, since it would be locked out.

    The same as: ansible-playbook -i inventories/rack/facility.yaml playbooks/rotate_munge_key.yml

    Example: millwright munge rotate rack
    """
    with context() as here:
        outcome = rotate_munge_key(here, facility)
    if as_json:
        print_json(outcome)
    else:
        print_lines(lines_of(outcome))
    return outcome.exit_code


def lines_of(outcome: MungeRotation) -> Iterator[str]:
    """The outcome as text, each different reason once."""
    yield from outcome.reasons
    if outcome.unreachable:
        yield f"not reached: {', '.join(outcome.unreachable)}"
    if outcome.exit_code == ExitCode.OK:
        yield f"{outcome.facility}: {outcome.hosts} hosts have the new key, and know each other by it."
    yield f"log: {outcome.log}"
