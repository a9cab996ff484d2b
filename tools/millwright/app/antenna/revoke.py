"""``millwright antenna revoke``: users, certificates, keys and CAs that are refused from now on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
from millwright.app.antenna.distribution import distribute
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError, ExitCode, MillwrightError, Problem
from millwright.core.places import facility_file, state_folder
from millwright.core.suggestions import did_you_mean
from millwright.facility import Facility, load_facility


@dataclass(frozen=True, slots=True)
class RevocationRequest:
    """What to revoke, or to admit again: exactly one of user, serial, key and CA."""

    user: str | None = None
    serial: int | None = None
    key: str | None = None
    """A public key: its file or fingerprint."""
    ca: str | None = None
    """The public key of a CA, likewise."""
    antenna: str | None = None
    """The antenna of the user; all if None."""
    reason: str = ""


class RevocationRow(Part):
    """One line of the list of revocations."""

    kind: Kind
    value: str
    """A key id (``facility/antenna/user``), a serial, or the SHA-256 fingerprint of a key."""
    time: str
    """When it was added, ISO 8601 in UTC."""
    reason: str


class Revocations(Document):
    """What changed in the list of revocations, and where the change is in force."""

    format: Literal["millwright-antenna-revoke/1"] = "millwright-antenna-revoke/1"
    facility: str
    exit_code: int
    revoked: tuple[RevocationRow, ...]
    """Lines that this command added."""
    lifted: tuple[RevocationRow, ...]
    """Lines that this command removed."""
    in_force: tuple[str, ...]
    """Antennas, and the factory, that follow the list now; empty if the list was only read."""
    not_reached: dict[str, str]
    """Antennas, or the factory, that do not follow the list yet, and why."""
    revocations: tuple[RevocationRow, ...]
    """The whole list."""


def list_revocations(facility: str) -> Revocations:
    """The list of revocations; no host is asked."""
    described = load_facility(facility_file(facility))
    return Revocations(
        facility=described.name,
        exit_code=int(ExitCode.OK),
        revoked=(),
        lifted=(),
        in_force=(),
        not_reached={},
        revocations=_rows(read_revocations(state_folder(described.name))),
    )


def revoke(context: Context, facility: str, request: RevocationRequest) -> Revocations:
    """Add to the list, and bring it to factory and gateways.

    Raises :exc:`BadInputError` if the request does not name exactly one thing, or names an unknown one.
    """
    file = facility_file(facility)
    described = load_facility(file)
    state = state_folder(described.name)
    revoked = add_revocations(state, _wanted(context, described, state, request))
    distributed = distribute(context, file, described)
    return _document(described, distributed, revoked=revoked)


def lift_revocation(context: Context, facility: str, request: RevocationRequest) -> Revocations:
    """Take from the list, and bring it to factory and gateways; raises as :func:`revoke`."""
    file = facility_file(facility)
    described = load_facility(file)
    state = state_folder(described.name)
    keys = [each.key for each in _wanted(context, described, state, request)]
    lifted = lift_revocations(state, keys)
    distributed = distribute(context, file, described)
    return _document(described, distributed, lifted=lifted)


def _document(
    facility: Facility,
    distributed: Distributed,
    *,
    revoked: tuple[Revocation, ...] = (),
    lifted: tuple[Revocation, ...] = (),
) -> Revocations:
    return Revocations(
        facility=facility.name,
        exit_code=int(ExitCode.NOT_TESTED if distributed.unreached else ExitCode.OK),
        revoked=_rows(revoked),
        lifted=_rows(lifted),
        in_force=distributed.reached,
        not_reached=dict(distributed.unreached),
        revocations=_rows(read_revocations(state_folder(facility.name))),
    )


def _rows(revocations: Iterable[Revocation]) -> tuple[RevocationRow, ...]:
    return tuple(
        RevocationRow(kind=each.kind, value=each.value, time=each.time, reason=each.reason)
        for each in revocations
    )


def _wanted(
    context: Context, facility: Facility, state: Path, request: RevocationRequest
) -> list[Revocation]:
    given = {name: getattr(request, name) for name in ("user", "serial", "key", "ca")}
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        text = f"{len(named)} of --user, --serial, --key and --ca"
        raise BadInputError([Problem("revoke", "-", text, "one of them", code="MW2202")])
    if request.user is not None:
        return _of_user(context, facility, state, request)
    if request.serial is not None:
        return [new_revocation(Kind.SERIAL, str(request.serial), request.reason, context.now())]
    held = _fingerprint(given[named[0]])
    return [new_revocation(Kind.KEY, held, request.reason, context.now())]


def _of_user(
    context: Context, facility: Facility, state: Path, request: RevocationRequest
) -> list[Revocation]:
    """Every certificate by its key id, and the key in the state folder, whoever signs it next."""
    antennas, user = chosen_antennas(facility, request.antenna), str(request.user)
    now, found = context.now(), list[Revocation]()
    for name in antennas:
        public = state / "antennas" / name / "users" / user / "id_ed25519.pub"
        if any(each.name == user for each in facility.antennas[name].users):
            found.append(new_revocation(Kind.USER, key_id(facility, name, user), request.reason, now))
            if public.is_file():
                found.append(new_revocation(Kind.KEY, fingerprint(public), request.reason, now))
    if not found:
        known = sorted({each.name for name in antennas for each in facility.antennas[name].users})
        raise BadInputError(
            [
                Problem(
                    facility.name,
                    "antennas",
                    f"unknown user {user!r}",
                    f"one of {', '.join(known)}{did_you_mean(user, known)}",
                    code="MW4516",
                )
            ]
        )
    return found


def _fingerprint(value: str) -> str:
    if value.startswith("SHA256:"):
        return value
    try:
        return fingerprint(Path(value).expanduser())
    except MillwrightError as error:
        raise BadInputError(
            [Problem(value, "-", "not a public key", "its file, or SHA256:...", code="MW2203")]
        ) from error
