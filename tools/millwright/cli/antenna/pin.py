"""``millwright antenna pin``: by which key a gateway or the login node is known from now on."""

import json
from pathlib import Path
from typing import Annotated

import typer

from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.trust.pinning import pin_host_key
from millwright.cli.antenna.user import FacilityName
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import facility_file
from millwright.facility import Facility, load_facility


def pin(
    name: FacilityName,
    host: Annotated[str, typer.Argument(help="A gateway, or the login node.")],
    fingerprint: Annotated[
        str, typer.Option(help="What `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints there.")
    ],
    key: Annotated[
        Path | None, typer.Option(help="The public key's file, where the host can't be reached from here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Pin a host's key, whose fingerprint somebody at the host has told; it replaces the one pinned before.

    Exit code 1 where the host shows another key, 2 where the file holds another, 3 where none is shown.

    Example: millwright antenna pin rack rack-antenna --fingerprint SHA256:...
    """
    facility = load_facility(facility_file(name))
    _refuse_strangers(facility, host, fingerprint)
    target = resolve_target(facility, host)
    is_new = pin_host_key(target, fingerprint, key_file=key)
    if as_json:
        typer.echo(json.dumps({"host": host, "fingerprint": fingerprint, "changed": is_new}))
        return
    typer.echo(f"{host}: {'pinned' if is_new else 'was pinned before'}: {fingerprint}")


def _refuse_strangers(facility: Facility, host: str, fingerprint: str) -> None:
    login = (facility.services.login,) if facility.services else ()
    known = dict.fromkeys([*(antenna.gateway for antenna in facility.antennas.values()), *login])
    problems = []
    if host not in known:
        problems.append(Problem(facility.name, "host", f"{host!r} is none", f"one of {', '.join(known)}"))
    if len(fingerprint) != 50 or not fingerprint.startswith("SHA256:"):
        problems.append(Problem("pin", "--fingerprint", repr(fingerprint[:60]), "SHA256: and 43 characters"))
    if problems:
        raise BadInputError(problems)
