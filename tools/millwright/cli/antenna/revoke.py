"""``millwright antenna revoke``."""

from collections.abc import Iterator
from typing import Annotated

import typer

from millwright.app.antenna.revoke import (
    RevocationRequest,
    Revocations,
    lift_revocation,
    list_revocations,
)
from millwright.app.antenna.revoke import revoke as add_revocation
from millwright.cli.options import AntennaName, AsJson, FacilityName
from millwright.cli.output import context, print_json, print_lines, warn

NOT_ENDED = (
    "What is open stays open: end sessions with 'loginctl terminate-user USER' on the login node, "
    "jobs with 'scancel'."
)


def revoke(  # noqa: PLR0913 - an option for each thing that can be revoked
    facility: FacilityName,
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
) -> int:
    """Shut a user, certificate, key or CA out, at the factory and at every gateway, at once.

    Nobody enters with it any more. Open sessions and running jobs are not ended. Exit code 3 if a
    gateway was not reached; if the factory follows, that gateway leads nowhere.

    Example: millwright antenna revoke rack --user ada --reason "left the project"
    """
    if show:
        outcome = list_revocations(facility)
        lines = listed_lines(outcome)
    else:
        request = RevocationRequest(user, serial, key, ca, antenna, reason)
        with context() as here:
            outcome = (lift_revocation if lift else add_revocation)(here, facility, request)
        lines = changed_lines(outcome, verb="lifted" if lift else "revoked")
    if as_json:
        print_json(outcome)
        return outcome.exit_code
    print_lines(lines)
    for name, why in outcome.not_reached.items():
        warn(f"{name}: NOT REACHED, run it again: {why}")
    return outcome.exit_code


def listed_lines(outcome: Revocations) -> Iterator[str]:
    """The whole list."""
    for row in outcome.revocations:
        yield f"{row.time}  {row.kind:6} {row.value}  {row.reason}"
    if not outcome.revocations:
        yield "nobody is revoked"


def changed_lines(outcome: Revocations, *, verb: str) -> Iterator[str]:
    """What changed, and where it is in force; ``verb`` is the kind of change."""
    changed = (*outcome.revoked, *outcome.lifted)
    for row in changed:
        yield f"{verb}  {row.kind} {row.value}"
    if not changed:
        yield f"nothing new was {verb}"
    if outcome.in_force:
        yield f"in force at: {', '.join(outcome.in_force)}. {NOT_ENDED}"
