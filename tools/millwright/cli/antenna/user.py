"""``millwright antenna config`` and ``certify``: what a user of an antenna is given."""

import json
from pathlib import Path
from typing import Annotated

import typer

from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.ssh.certificate_signing import read_certificate
from millwright.antennas.trust.certificates import new_certificate
from millwright.antennas.trust.issuing import issue_certificate
from millwright.antennas.user.files import UserAccess, ensure_user_access, way_of
from millwright.antennas.user.printed_config import printed_config
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import facility_file, state_folder
from millwright.facility import Facility, load_facility

FacilityName = Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")]
AntennaName = Annotated[str | None, typer.Option("--antenna", "-a", help="One antenna; all where left out.")]
UserName = Annotated[
    str | None, typer.Option("--user", "-u", help="A user; each antenna's first where left out.")
]


def config(
    name: FacilityName,
    antenna: AntennaName = None,
    user: UserName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print where the files lie, as JSON.")] = False,
) -> None:
    """Print the OpenSSH configuration that a user pastes; nothing else goes to stdout.

    The same user gets a key, a certificate and an `ssh_config` in the state folder, for checks from
    this machine; stderr says where they lie.

    Example: millwright antenna config rack --antenna coast --user ada
    """
    facility = load_facility(facility_file(name))
    state, now = state_folder(facility.name), utc_now()
    for_all = as_json and user is None
    accesses = [
        ensure_user_access(facility, each, person, state=state, now=now)
        for each in chosen_antennas(facility, antenna)
        for person in _users(facility, each, user, for_all=for_all)
    ]
    if as_json:
        typer.echo(json.dumps([_row(access) for access in accesses], indent=2))
        return
    for access in accesses:
        typer.echo(f"{access.antenna}/{access.user}: ssh -F {access.config} factory", err=True)
    typer.echo("\n".join(printed_config(way_of(facility, access)) for access in accesses), nl=False)


def certify(
    name: FacilityName,
    public_key: Annotated[Path, typer.Argument(help="The public key that the user sent.")],
    antenna: Annotated[str, typer.Option("--antenna", "-a", help="The user's antenna.")],
    user: Annotated[str, typer.Option("--user", "-u", help="The user.")],
) -> None:
    """Print a certificate for a user's own public key; nothing else goes to stdout.

    Example: millwright antenna certify rack ada.pub --antenna coast --user ada > rack-coast-cert.pub
    """
    facility = load_facility(facility_file(name))
    [chosen] = chosen_antennas(facility, antenna)
    [person] = _users(facility, chosen, user, for_all=False)
    state, now = state_folder(facility.name), utc_now()
    wanted = new_certificate(facility, chosen, person, now=now)
    environment = facility.antennas[chosen].environment
    typer.echo(issue_certificate(public_key, wanted, state=state, environment=environment), nl=False)


def _users(facility: Facility, antenna: str, user: str | None, *, for_all: bool) -> tuple[str, ...]:
    known = tuple(each.name for each in facility.antennas[antenna].users)
    if user is None:
        return known if for_all else known[:1]
    if user not in known:
        problem = f"unknown user {user!r}"
        key = f"antennas.{antenna}.users"
        raise BadInputError([Problem(facility.name, key, problem, f"one of {', '.join(known)}")])
    return (user,)


def _row(access: UserAccess) -> dict[str, str]:
    ends = read_certificate(access.certificate).certificate.valid_before
    return {
        "antenna": access.antenna,
        "user": access.user,
        "config": str(access.config),
        "certificate": str(access.certificate),
        "valid_before": ends.isoformat(),
    }
