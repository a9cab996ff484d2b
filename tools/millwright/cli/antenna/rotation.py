"""``millwright antenna rotate-ca``."""

import datetime
from typing import Annotated

import typer

from millwright.app.antenna.rotation import (
    CaRotation,
    Environment,
    host_ca_status,
    rotate_host_ca,
    rotate_user_ca,
    user_ca_status,
)
from millwright.cli.options import AsJson, FacilityName
from millwright.cli.output import context, print_json

TEXTS = {
    "steady": "{signs} signs; no other is trusted",
    "announced": "{other} is made; {signs} signs until everyone trusts it: run it again",
    "overlap": "{signs} signs; {other} is trusted until {withdraw_after}: run it again after that",
    "due": "{signs} signs; {other} can be withdrawn: run it again",
    "withdrawn": "{signs} signs; somebody may still trust the former one: run it again",
}
"""By phase."""
FOR_USERS = (
    "{signs} signs, and {other} is known beside it: send every user a new 'antenna config', "
    "and run it again after {switch_after}"
)


def rotate_ca(  # noqa: PLR0913, PLR0917 - each is a decision of the caller
    facility: FacilityName,
    environment: Annotated[Environment, typer.Option(help="Whose user CA.")] = Environment.PRODUCTION,
    hosts: Annotated[bool, typer.Option("--hosts", help="The CA that vouches for hosts instead.")] = False,
    days: Annotated[
        int,
        typer.Option(min=0, max=365, help="With --hosts: how long users have to get the new one."),
    ] = 30,
    show: Annotated[bool, typer.Option("--status", help="Only show the state of the rotation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the user CA so that nobody is shut out; run it again to go on.

    First run: everyone trusts a new CA beside the old one, then the new one signs. Later run, after
    the longest lifetime of a certificate: the old one is withdrawn. Exit code 3 if somebody was not
    reached: the old CA then goes on signing.

    With `--hosts`: the CA by which users know gateways and login node. First run: hosts know both, and
    users have some days to paste a new `antenna config`. Run after these: every host shows a
    certificate of the new one, and the old one is withdrawn.

    Example: millwright antenna rotate-ca rack --status
    """
    with context() as here:
        match hosts, show:
            case True, True:
                outcome = host_ca_status(here, facility)
            case True, False:
                outcome = rotate_host_ca(here, facility, datetime.timedelta(days=days))
            case False, True:
                outcome = user_ca_status(here, facility, environment)
            case _:
                outcome = rotate_user_ca(here, facility, environment)
    if as_json:
        print_json(outcome)
    else:
        typer.echo(line_of(outcome))


def line_of(outcome: CaRotation) -> str:
    """The state of the rotation, and the next step."""
    text = FOR_USERS if outcome.switch_after else TEXTS[outcome.phase]
    return f"{outcome.whose}, {outcome.phase}: {text.format(**outcome.model_dump())}"
