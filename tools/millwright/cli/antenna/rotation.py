"""``millwright antenna rotate-ca``: another CA for users or hosts, and nobody is shut out meanwhile."""

import datetime
import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.rollout.distribution import Distributed
from millwright.antennas.trust import rotation as rotations
from millwright.antennas.trust.host_ca import ensure_host_ca, host_ca, hosts_of_another_ca
from millwright.antennas.trust.rotation import Phase, Rotation
from millwright.antennas.trust.user_cas import ensure_own_ca, own_ca
from millwright.cli.antenna.distribution import distribute, distribute_to_all_hosts
from millwright.cli.antenna.user import FacilityName
from millwright.core.clock import utc_now
from millwright.core.errors import NotTestableError
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.facility.topics.trust import Environment

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def rotate_ca(  # noqa: PLR0913, PLR0917 - each is a decision of the caller
    name: FacilityName,
    environment: Annotated[Environment, typer.Option(help="Whose user CA.")] = Environment.PRODUCTION,
    hosts: Annotated[bool, typer.Option("--hosts", help="The CA that vouches for hosts instead.")] = False,
    days: Annotated[
        int,
        typer.Option(min=0, max=365, help="With --hosts: how long users have to hear of the new one."),
    ] = 30,
    show: Annotated[bool, typer.Option("--status", help="Only say how far it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the user CA so that nobody is shut out; run it again to go on.

    First run: everyone trusts a new CA beside the old one, then the new one signs. Later run, after
    the longest lifetime of a certificate: the old one is withdrawn. Exit code 3 where somebody was not
    reached: the old CA then goes on signing.

    With `--hosts`: the CA by which users know gateways and login node. First run: hosts know both, and
    users have some days to paste a new `antenna config`. Run after these: every host shows a
    certificate of the new one, and the old one is withdrawn.

    Example: millwright antenna rotate-ca rack --status
    """
    path = facility_file(name)
    facility = load_facility(path)
    state = state_folder(facility.name)
    if hosts:
        ca, ensure = host_ca(state), partial(ensure_host_ca, state)
        go_on = partial(_go_on_with_hosts, path, facility, datetime.timedelta(days=days))
    else:
        chosen_antennas(facility, None)
        ca, ensure = own_ca(state, environment), partial(ensure_own_ca, state, environment)
        go_on = partial(_go_on, path, facility, environment)
    if not show:
        ensure()
        go_on()
    elif not ca.current.exists():
        raise NotTestableError(
            f"no CA for {ca.whose} yet: millwright antenna apply {as_typed(path)} makes it"
        )
    _print_rotation(rotations.look(ca, utc_now()), as_json=as_json)


def _go_on_with_hosts(path: Path, facility: Facility, patience: datetime.timedelta) -> None:
    """One run; a host that was not reached holds the next step up."""
    state = state_folder(facility.name)
    ca = host_ca(state)
    found = rotations.look(ca, utc_now())
    if found.phase is Phase.STEADY:
        rotations.announce(ca, utc_now().replace(microsecond=0) + patience)
        _all_reached(distribute_to_all_hosts(path, facility), "the old CA goes on signing, because")
        return
    if found.phase is Phase.ANNOUNCED:
        _all_reached(distribute_to_all_hosts(path, facility), "the old CA goes on signing, because")
        if found.switch_after is not None and utc_now() < found.switch_after:
            return
        rotations.switch(ca, utc_now().replace(microsecond=0))
    if found.phase is not Phase.WITHDRAWN:
        _all_reached(distribute_to_all_hosts(path, facility), "the old CA stays trusted, because")
        if late := hosts_of_another_ca(facility, state):
            raise NotTestableError(
                f"the old CA stays trusted, because it still vouches for {', '.join(late)}: "
                f"millwright apply {as_typed(path)}, then run it again"
            )
        rotations.withdraw(ca)
    _all_reached(distribute_to_all_hosts(path, facility), "the old CA is withdrawn here, but")
    rotations.conclude(ca)


def _go_on(path: Path, facility: Facility, environment: Environment) -> None:
    ca = own_ca(state_folder(facility.name), environment)
    phase = rotations.look(ca, utc_now()).phase
    if phase is Phase.OVERLAP:
        return
    if phase in (Phase.DUE, Phase.WITHDRAWN):
        rotations.withdraw(ca)
        _all_reached(distribute(path, facility), "the old CA is withdrawn here, but")
        rotations.conclude(ca)
        return
    rotations.announce(ca)
    _all_reached(distribute(path, facility), "the old CA goes on signing, because")
    until = utc_now().replace(microsecond=0) + rotations.longest_life(facility, environment)
    rotations.switch(ca, until)


def _all_reached(done: Distributed, words: str) -> None:
    if done.unreached:
        reasons = "; ".join(f"{party} was not reached: {why}" for party, why in done.unreached.items())
        raise NotTestableError(f"{words} {reasons}; run it again")


WORDS = {
    Phase.STEADY: "{signs} signs; no other is trusted",
    Phase.ANNOUNCED: "{other} is made; {signs} signs until everyone trusts it: run it again",
    Phase.OVERLAP: "{signs} signs; {other} is trusted until {withdraw_after}: run it again after that",
    Phase.DUE: "{signs} signs; {other} can be withdrawn: run it again",
    Phase.WITHDRAWN: "{signs} signs; somebody may still trust the former one: run it again",
}


FOR_USERS = (
    "{signs} signs, and {other} is known beside it: send every user a new 'antenna config', "
    "and run it again after {switch_after}"
)


def _print_rotation(found: Rotation, *, as_json: bool) -> None:
    times = {"withdraw_after": found.withdraw_after, "switch_after": found.switch_after}
    shown = {name: at.isoformat(timespec="seconds") if at else None for name, at in times.items()}
    data = {**asdict(found), **shown}
    if as_json:
        typer.echo(json.dumps(data, indent=2))
    else:
        words = FOR_USERS if found.switch_after else WORDS[found.phase]
        typer.echo(f"{found.whose}, {found.phase}: {words.format(**data)}")
