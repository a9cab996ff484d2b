"""``millwright antenna revoke``, ``rotate-ca`` and ``log``: who is let in, by whose word, and who was."""

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from millwright.antennas import rotation as rotations
from millwright.antennas.apply import Surroundings, chosen_antennas
from millwright.antennas.audit import Entry
from millwright.antennas.certificates import key_id
from millwright.antennas.distribution import Distributed, distribute_trust
from millwright.antennas.factory_side import run_factory_play
from millwright.antennas.reports import entries_of
from millwright.antennas.revocations import (
    Kind,
    Revocation,
    add_revocations,
    lift_revocations,
    new_revocation,
    read_revocations,
)
from millwright.antennas.rotation import Phase, Rotation
from millwright.antennas.ssh_keys import fingerprint
from millwright.antennas.user_cas import ensure_own_ca, own_ca
from millwright.cli.antenna_user import AntennaName, FacilityName
from millwright.errors import BadInputError, ExitCode, MillwrightError, NotTestableError, Problem
from millwright.facility import Facility, load_facility
from millwright.facility.places import checkout, facility_file, state_folder
from millwright.facility.trust import Environment

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
NOT_ENDED = (
    "What is open stays open: end sessions with 'loginctl terminate-user USER' on the login node, "
    "jobs with 'scancel'."
)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _around(path: Path, facility: Facility, say: Callable[[str], None]) -> Surroundings:
    state = state_folder(facility.name)
    return Surroundings(
        facility_file=path,
        state=state,
        root=checkout(),
        run_factory_play=lambda: run_factory_play(path, facility, state=state, now=_now()),
        say=say,
    )


def _distribute(path: Path, facility: Facility) -> Distributed:
    with Console(stderr=True).status("starting") as status:
        return distribute_trust(facility, _around(path, facility, status.update))


def revoke(  # noqa: PLR0913 - an option for each thing that can be revoked
    name: FacilityName,
    *,
    user: Annotated[str | None, typer.Option(help="A user: every certificate and key of theirs.")] = None,
    antenna: AntennaName = None,
    serial: Annotated[int | None, typer.Option(help="One certificate.")] = None,
    key: Annotated[str | None, typer.Option(help="A public key: its file or fingerprint.")] = None,
    ca: Annotated[str | None, typer.Option(help="A CA with all that it signed: file or fingerprint.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for those who come after.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Take the revocation back.")] = False,
    show: Annotated[bool, typer.Option("--list", help="Only show who is revoked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Shut a user, certificate, key or CA out, at the factory and at every gateway, at once.

    Nobody enters with it any more. Open sessions and running jobs are not ended. Exit code 3 where a
    gateway was not reached; where the factory follows, that gateway leads nowhere.

    Example: millwright antenna revoke rack --user ada --reason "left the project"
    """
    path = facility_file(name)
    facility, state = load_facility(path), state_folder(load_facility(path).name)
    if show:
        _print_list(read_revocations(state), as_json=as_json)
        return
    wanted = _wanted(facility, state, antenna, {"user": user, "serial": serial, "key": key, "ca": ca}, reason)
    if lift:
        changed = lift_revocations(state, [each.key for each in wanted])
    else:
        changed = add_revocations(state, wanted)
    done = _distribute(path, facility)
    _report(changed, done, verb="lifted" if lift else "revoked", as_json=as_json)
    raise typer.Exit(ExitCode.NOT_TESTED if done.unreached else ExitCode.OK)


def _wanted(
    facility: Facility, state: Path, antenna: str | None, given: dict[str, Any], reason: str
) -> list[Revocation]:
    named = [option for option, value in given.items() if value is not None]
    if len(named) != 1:
        text = f"{len(named)} of --user, --serial, --key and --ca"
        raise BadInputError([Problem("revoke", "-", text, "one of them")])
    now, value = _now(), given[named[0]]
    if named == ["user"]:
        return _of_user(facility, state, chosen_antennas(facility, antenna), value, reason)
    if named == ["serial"]:
        return [new_revocation(Kind.SERIAL, str(value), reason, now)]
    return [new_revocation(Kind.KEY, _fingerprint(value), reason, now)]


def _of_user(
    facility: Facility, state: Path, antennas: tuple[str, ...], user: str, reason: str
) -> list[Revocation]:
    """Every certificate by its key id, and the key that lies in the state folder, whoever signs it next."""
    found: list[Revocation] = []
    for name in antennas:
        folder = state / "antennas" / name / "users" / user
        if any(each.name == user for each in facility.antennas[name].users):
            found.append(new_revocation(Kind.USER, key_id(facility, name, user), reason, _now()))
            if (folder / "id_ed25519.pub").is_file():
                held = fingerprint(folder / "id_ed25519.pub")
                found.append(new_revocation(Kind.KEY, held, reason, _now()))
    if not found:
        known = sorted({each.name for name in antennas for each in facility.antennas[name].users})
        raise BadInputError(
            [Problem(facility.name, "antennas", f"unknown user {user!r}", f"one of {', '.join(known)}")]
        )
    return found


def _fingerprint(value: str) -> str:
    if value.startswith("SHA256:"):
        return value
    try:
        return fingerprint(Path(value).expanduser())
    except MillwrightError as error:
        raise BadInputError([Problem(value, "-", "no public key", "its file, or SHA256:...")]) from error


def _report(changed: tuple[Revocation, ...], done: Distributed, *, verb: str, as_json: bool) -> None:
    if as_json:
        rows = [asdict(each) for each in changed]
        data = {verb: rows, "in_force": list(done.reached), "not_reached": dict(done.unreached)}
        typer.echo(json.dumps(data, indent=2))
        return
    for each in changed:
        typer.echo(f"{verb}  {each.kind} {each.value}")
    if not changed:
        typer.echo(f"nothing new was {verb}")
    if done.reached:
        typer.echo(f"in force at: {', '.join(done.reached)}. {NOT_ENDED}")
    for party, why in done.unreached.items():
        typer.echo(f"{party}: NOT REACHED, run it again: {why}", err=True)


def _print_list(rows: tuple[Revocation, ...], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        typer.echo(f"{row.time}  {row.kind:6} {row.value}  {row.reason}")
    if not rows:
        typer.echo("nobody is revoked")


def rotate_ca(
    name: FacilityName,
    environment: Annotated[Environment, typer.Option(help="Whose user CA.")] = Environment.PRODUCTION,
    show: Annotated[bool, typer.Option("--status", help="Only say how far it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the user CA so that nobody is shut out; run it again to go on.

    First run: everyone trusts a new CA beside the old one, then the new one signs. Later run, after
    the longest lifetime of a certificate: the old one is withdrawn. Exit code 3 where somebody was not
    reached: the old CA then goes on signing.

    Example: millwright antenna rotate-ca rack --status
    """
    path = facility_file(name)
    facility, ca = load_facility(path), own_ca(state_folder(load_facility(path).name), environment)
    chosen_antennas(facility, None)
    ensure_own_ca(ca.folder.parent, environment)
    if not show:
        _go_on(path, facility, environment)
    _print_rotation(rotations.look(ca, _now()), as_json=as_json)


def _go_on(path: Path, facility: Facility, environment: Environment) -> None:
    ca = own_ca(state_folder(facility.name), environment)
    phase = rotations.look(ca, _now()).phase
    if phase is Phase.OVERLAP:
        return
    if phase in (Phase.DUE, Phase.WITHDRAWN):
        rotations.withdraw(ca)
        _all_reached(_distribute(path, facility), "the old CA is withdrawn here, but")
        rotations.conclude(ca)
        return
    rotations.announce(ca)
    _all_reached(_distribute(path, facility), "the old CA goes on signing, because")
    until = _now().replace(microsecond=0) + rotations.longest_life(facility, environment)
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


def _print_rotation(found: Rotation, *, as_json: bool) -> None:
    until = found.withdraw_after.isoformat(timespec="seconds") if found.withdraw_after else None
    data = {**asdict(found), "withdraw_after": until}
    if as_json:
        typer.echo(json.dumps(data, indent=2))
    else:
        typer.echo(f"{found.environment}, {found.phase}: {WORDS[found.phase].format(**data)}")


def log(
    name: FacilityName,
    antenna: AntennaName = None,
    since: Annotated[str, typer.Option(help="A time as journalctl knows it.")] = "-1 day",
    as_json: AsJson = False,
) -> None:
    """Show who entered each gateway when, with which certificate, from where and to where.

    Example: millwright antenna log rack --antenna coast --since "-1 hour" --json
    """
    facility = load_facility(facility_file(name))
    found, failures = {}, {}
    for each in chosen_antennas(facility, antenna):
        try:
            found[each] = entries_of(facility, each, since=since)
        except MillwrightError as error:
            failures[each] = str(error)
    if as_json:
        rows = {each: [entry.as_row() for entry in entries] for each, entries in found.items()}
        typer.echo(json.dumps({"entries": rows, "not_reached": failures}, indent=2))
    else:
        for each, entries in found.items():
            for entry in entries:
                typer.echo(_line(each, entry))
    for each, why in failures.items():
        typer.echo(f"{each}: NOT REACHED: {why}", err=True)
    raise typer.Exit(ExitCode.NOT_TESTED if failures else ExitCode.OK)


def _line(antenna: str, entry: Entry) -> str:
    """One connection; what a stranger could have chosen is printed without control characters."""
    time = datetime.datetime.fromtimestamp(entry.time_us / 1_000_000, datetime.UTC)
    denied = f", denied {', '.join(entry.denied)}" if entry.denied else ""
    text = (
        f"{time:%Y-%m-%dT%H:%M:%SZ} {antenna} {entry.key_id} serial {entry.serial} from {entry.source} "
        f"to {', '.join(entry.targets) or '-'}{denied}"
    )
    return "".join(character if character.isprintable() else "?" for character in text)
