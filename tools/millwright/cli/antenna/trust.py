"""``millwright antenna revoke`` and ``log``: who is let in no more, and who was in."""

import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from millwright.antennas.proof.audit import Entry
from millwright.antennas.proof.gateway_reports import entries_of
from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.rollout.distribution import Distributed
from millwright.antennas.ssh.keys import fingerprint
from millwright.antennas.trust.certificates import key_id
from millwright.antennas.trust.revocations import (
    Kind,
    Revocation,
    add_revocations,
    lift_revocations,
    new_revocation,
    read_revocations,
)
from millwright.cli.antenna.distribution import distribute
from millwright.cli.antenna.user import AntennaName, FacilityName
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, ExitCode, MillwrightError, Problem
from millwright.core.places import facility_file, state_folder
from millwright.facility import Facility, load_facility

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
NOT_ENDED = (
    "What is open stays open: end sessions with 'loginctl terminate-user USER' on the login node, "
    "jobs with 'scancel'."
)


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
    done = distribute(path, facility)
    _report(changed, done, verb="lifted" if lift else "revoked", as_json=as_json)
    raise typer.Exit(ExitCode.NOT_TESTED if done.unreached else ExitCode.OK)


def _wanted(
    facility: Facility, state: Path, antenna: str | None, given: dict[str, Any], reason: str
) -> list[Revocation]:
    named = [option for option, value in given.items() if value is not None]
    if len(named) != 1:
        text = f"{len(named)} of --user, --serial, --key and --ca"
        raise BadInputError([Problem("revoke", "-", text, "one of them")])
    now, value = utc_now(), given[named[0]]
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
            found.append(new_revocation(Kind.USER, key_id(facility, name, user), reason, utc_now()))
            if (folder / "id_ed25519.pub").is_file():
                held = fingerprint(folder / "id_ed25519.pub")
                found.append(new_revocation(Kind.KEY, held, reason, utc_now()))
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
