"""``millwright antenna rotate-ca``: replace the CA of users or of hosts, and nobody is locked out."""

import datetime
from pathlib import Path
from typing import Literal

from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.rollout.distribution import Distributed
from millwright.antennas.trust import rotation as rotations
from millwright.antennas.trust.host_ca import ensure_host_ca, host_ca, hosts_of_another_ca
from millwright.antennas.trust.own_ca import OwnCa
from millwright.antennas.trust.rotation import Phase
from millwright.antennas.trust.user_cas import ensure_own_ca, own_ca
from millwright.app.antenna.distribution import distribute_to_all_hosts, distribute_to_entered_hosts
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.core.errors import NotTestableError
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.facility.topics.trust import Environment as Environment  # noqa: PLC0414 - for the command line


class CaRotation(Document):
    """State of the rotation of one CA."""

    format: Literal["millwright-antenna-rotate-ca/1"] = "millwright-antenna-rotate-ca/1"
    facility: str
    whose: str
    """Environment of the users that the CA certifies, or ``hosts``."""
    phase: Literal["steady", "announced", "overlap", "due", "withdrawn"]
    """``steady``: one CA signs and is trusted. ``announced``: the next one is made, the old one signs.
    ``overlap``: the next one signs, the old one is trusted. ``due``: the old one can be withdrawn.
    ``withdrawn``: the old one is withdrawn here, perhaps not everywhere."""
    signs: str
    """SHA-256 fingerprint of the CA that signs."""
    other: str | None
    """Fingerprint of the next or the former CA, which is trusted beside it."""
    withdraw_after: str | None
    """When the former CA can be withdrawn, ISO 8601."""
    switch_after: str | None
    """When the next CA may sign, ISO 8601; until then users have to get its public key."""


def user_ca_status(context: Context, facility: str, environment: Environment) -> CaRotation:
    """State of an environment's user CA; raises :exc:`NotTestableError` if it is not made yet."""
    file = facility_file(facility)
    described = load_facility(file)
    chosen_antennas(described, None)
    return _existing(context, file, described, own_ca(state_folder(described.name), environment))


def host_ca_status(context: Context, facility: str) -> CaRotation:
    """State of the host CA; raises :exc:`NotTestableError` if it is not made yet."""
    file = facility_file(facility)
    described = load_facility(file)
    return _existing(context, file, described, host_ca(state_folder(described.name)))


def rotate_user_ca(context: Context, facility: str, environment: Environment) -> CaRotation:
    """Take the next step of rotating an environment's user CA, which is made if it is missing.

    Raises :exc:`NotTestableError` if somebody could not be reached: the old CA then goes on signing.
    """
    file = facility_file(facility)
    described = load_facility(file)
    chosen_antennas(described, None)
    state = state_folder(described.name)
    ensure_own_ca(state, environment)
    _step_of_user_ca(context, file, described, environment)
    return _document(context, described, own_ca(state, environment))


def rotate_host_ca(context: Context, facility: str, patience: datetime.timedelta) -> CaRotation:
    """Take the next step of rotating the host CA, which is made if it is missing.

    ``patience`` is how long users have to get the next CA before it signs. Raises as
    :func:`rotate_user_ca`.
    """
    file = facility_file(facility)
    described = load_facility(file)
    ca = host_ca(state_folder(described.name))
    ensure_host_ca(state_folder(described.name))
    step_of_host_ca(context, file, described, patience)
    return _document(context, described, ca)


def _existing(context: Context, file: Path, facility: Facility, ca: OwnCa) -> CaRotation:
    if not ca.current.exists():
        raise NotTestableError(
            f"no CA for {ca.whose} yet: millwright antenna apply {as_typed(file)} makes it", code="MW4517"
        )
    return _document(context, facility, ca)


def step_of_host_ca(context: Context, file: Path, facility: Facility, patience: datetime.timedelta) -> None:
    """One run; a host that was not reached holds up the next step."""
    state = state_folder(facility.name)
    ca = host_ca(state)
    found = rotations.look(ca, context.now())
    if found.phase is Phase.STEADY:
        rotations.announce(ca, context.now().replace(microsecond=0) + patience)
        _require_all(distribute_to_all_hosts(context, file, facility), "the old CA goes on signing, because")
        return
    if found.phase is Phase.ANNOUNCED:
        _require_all(distribute_to_all_hosts(context, file, facility), "the old CA goes on signing, because")
        if found.switch_after is not None and context.now() < found.switch_after:
            return
        rotations.switch(ca, context.now().replace(microsecond=0))
    if found.phase is not Phase.WITHDRAWN:
        _require_all(distribute_to_all_hosts(context, file, facility), "the old CA stays trusted, because")
        if late := hosts_of_another_ca(facility, state):
            raise NotTestableError(
                f"the old CA stays trusted, because it still vouches for {', '.join(late)}: "
                f"millwright apply {as_typed(file)}, then run it again",
                code="MW4518",
            )
        rotations.withdraw(ca)
    _require_all(distribute_to_all_hosts(context, file, facility), "the old CA is withdrawn here, but")
    rotations.conclude(ca)


def _step_of_user_ca(context: Context, file: Path, facility: Facility, environment: Environment) -> None:
    ca = own_ca(state_folder(facility.name), environment)
    phase = rotations.look(ca, context.now()).phase
    if phase is Phase.OVERLAP:
        return
    if phase in (Phase.DUE, Phase.WITHDRAWN):
        rotations.withdraw(ca)
        distributed = distribute_to_entered_hosts(context, file, facility)
        _require_all(distributed, "the old CA is withdrawn here, but")
        rotations.conclude(ca)
        return
    rotations.announce(ca)
    _require_all(distribute_to_entered_hosts(context, file, facility), "the old CA goes on signing, because")
    until = context.now().replace(microsecond=0) + rotations.longest_life(facility, environment)
    rotations.switch(ca, until)


def _require_all(distributed: Distributed, consequence: str) -> None:
    if distributed.unreached:
        reasons = "; ".join(f"{name} was not reached: {why}" for name, why in distributed.unreached.items())
        raise NotTestableError(f"{consequence} {reasons}; run it again", code="MW4519")


def _document(context: Context, facility: Facility, ca: OwnCa) -> CaRotation:
    found = rotations.look(ca, context.now())
    return CaRotation(
        facility=facility.name,
        whose=found.whose,
        phase=found.phase.value,
        signs=found.signs,
        other=found.other,
        withdraw_after=_text(found.withdraw_after),
        switch_after=_text(found.switch_after),
    )


def _text(at: datetime.datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
