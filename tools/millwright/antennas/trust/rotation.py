"""Replacing the user CA without shutting anybody out: trust the new one, sign with it, drop the old.

The files are the state: a run that was killed goes on where it was.
"""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.ssh.private_files import write_whole
from millwright.antennas.trust.own_ca import OwnCa
from millwright.core.json_text import load_json
from millwright.facility.model import Facility
from millwright.facility.topics.trust import Environment

MARGIN = datetime.timedelta(minutes=10)
"""Added to the longest lifetime, for clocks that differ and a certificate signed while we switched."""


class Phase(StrEnum):
    """How far a rotation is."""

    STEADY = "steady"
    """One CA signs and is trusted."""
    ANNOUNCED = "announced"
    """The new CA is made, and may be trusted already; the old one still signs."""
    OVERLAP = "overlap"
    """The new CA signs; the old one is trusted until the last of its certificates has ended."""
    DUE = "due"
    """The last certificate of the old CA has ended; it can be withdrawn."""
    WITHDRAWN = "withdrawn"
    """The old CA is trusted here no more, but perhaps by somebody who has not heard of it."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """State of the rotation of one CA."""

    whose: str
    phase: Phase
    signs: str
    """Fingerprint of the CA that signs."""
    other: str | None = None
    """Fingerprint of the next or the former CA, which is trusted beside it."""
    withdraw_after: datetime.datetime | None = None
    switch_after: datetime.datetime | None = None
    """When the next CA may sign, where people must hear of it first."""


def look(ca: OwnCa, now: datetime.datetime) -> Rotation:
    """State of the rotation at ``now``; the CA must exist."""
    signs = fingerprint(public_half(ca.current))
    if ca.following.exists():
        known_from = _planned(ca, "switch_after")
        return Rotation(ca.whose, Phase.ANNOUNCED, signs, fingerprint(ca.following), switch_after=known_from)
    if not ca.former.exists():
        return Rotation(ca.whose, Phase.WITHDRAWN if ca.plan.exists() else Phase.STEADY, signs)
    until = _planned(ca, "withdraw_after")
    phase = Phase.DUE if until is None or now >= until else Phase.OVERLAP
    return Rotation(ca.whose, phase, signs, fingerprint(ca.former), until)


def _planned(ca: OwnCa, step: str) -> datetime.datetime | None:
    if not ca.plan.exists():
        return None
    when = load_json(ca.plan.read_text()).get(step)
    return None if when is None else datetime.datetime.fromisoformat(when)


def longest_life(facility: Facility, environment: Environment) -> datetime.timedelta:
    """How long after the last signature of a CA one of its certificates may still be accepted."""
    minutes: Iterable[int] = (
        antenna.certificate_minutes
        for antenna in facility.antennas.values()
        if antenna.environment is environment
    )
    return datetime.timedelta(minutes=max(minutes, default=0)) + MARGIN


def announce(ca: OwnCa, switch_after: datetime.datetime | None = None) -> None:
    """Make the next CA; it signs nothing yet. Where people must hear of it first, say until when they may."""
    if switch_after is not None and not ca.plan.exists():
        write_whole(ca.plan, json.dumps({"switch_after": switch_after.isoformat()}) + "\n")
    ensure_key_pair(ca.folder, ca.following.name, comment=f"millwright CA ({ca.whose})")


def switch(ca: OwnCa, withdraw_after: datetime.datetime) -> None:
    """Let the next CA sign. The old private key is gone then; its public half stays trusted.

    May be killed after each step and run again.
    """
    announce(ca)  # where we were killed between the two halves, the public one is missing
    write_whole(ca.plan, json.dumps({"withdraw_after": withdraw_after.isoformat()}) + "\n")
    current, following = public_half(ca.current).read_text(), public_half(ca.following).read_text()
    if current != following:
        write_whole(ca.former, current, mode=0o644)
    public_half(ca.following).replace(public_half(ca.current))
    ca.following.replace(ca.current)


def withdraw(ca: OwnCa) -> None:
    """Trust the old CA no more; :func:`conclude` once everyone heard of it."""
    ca.former.unlink(missing_ok=True)


def conclude(ca: OwnCa) -> None:
    """End the rotation: the next one may begin."""
    ca.plan.unlink(missing_ok=True)
