"""``millwright antenna pin``."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.app.antenna import pin as application
from millwright.cli.options import AsJson, FacilityName
from millwright.cli.output import print_json


def pin(
    facility: FacilityName,
    host: Annotated[str, typer.Argument(help="A gateway, or the login node.")],
    fingerprint: Annotated[
        str, typer.Option(help="What `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints there.")
    ],
    key: Annotated[
        Path | None, typer.Option(help="The public key's file, if the host can't be reached from here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Pin a host's key by the fingerprint that somebody read at the host; it replaces the one pinned before.

    Exit code 1 if the host shows another key, 2 if the file holds another, 3 if none is shown.

    Example: millwright antenna pin rack rack-antenna --fingerprint SHA256:...
    """
    outcome = application.pin(facility, host, fingerprint, key)
    if as_json:
        print_json(outcome)
        return
    state = "pinned" if outcome.changed else "was pinned before"
    typer.echo(f"{outcome.host}: {state}: {outcome.fingerprint}")
