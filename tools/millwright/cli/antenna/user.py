"""``millwright antenna config`` and ``certify``."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.app.antenna import user as application
from millwright.cli.options import AntennaName, AsJson, FacilityName, OneAntenna
from millwright.cli.output import context, print_json, warn


def config(
    facility: FacilityName,
    antenna: AntennaName = None,
    user: Annotated[
        str | None, typer.Option("--user", "-u", help="A user; each antenna's first if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the OpenSSH configuration that a user pastes; nothing else goes to stdout.

    The same user gets a key, a certificate and an `ssh_config` in the state folder, for checks from
    this machine; stderr names them. With --json and without --user: every user.

    Example: millwright antenna config rack --antenna coast --user ada
    """
    with context() as here:
        if as_json and user is None:
            outcome = application.config_of_users(here, facility, antenna)
        else:
            outcome = application.config_of_user(here, facility, antenna, user)
    if as_json:
        print_json(outcome)
        return
    for each in outcome.users:
        warn(f"{each.antenna}/{each.user}: ssh -F {each.config} factory")
    typer.echo("\n".join(each.printed for each in outcome.users), nl=False)


def certify(
    facility: FacilityName,
    public_key: Annotated[Path, typer.Argument(help="The public key that the user sent.")],
    antenna: OneAntenna,
    user: Annotated[str, typer.Option("--user", "-u", help="The user.")],
) -> None:
    """Print a certificate for a user's own public key; nothing else goes to stdout.

    Example: millwright antenna certify rack ada.pub --antenna coast --user ada > rack-coast-cert.pub
    """
    with context() as here:
        typer.echo(application.certify(here, facility, antenna, user, public_key), nl=False)
