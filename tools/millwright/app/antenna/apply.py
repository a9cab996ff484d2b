"""``millwright antenna apply``: bring gateways and the factory's side of the tunnels to their state."""

from typing import Literal

from millwright.antennas.bundle.imported import by_bundle, by_ssh
from millwright.antennas.rollout.apply import apply_antennas, chosen_antennas
from millwright.app.antenna.distribution import rollout_context
from millwright.app.antenna.factory_side import bring_up_factory_side
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.core.errors import ExitCode
from millwright.core.places import facility_file
from millwright.facility import load_facility


class AntennaApply(Document):
    """What an apply changed, and which gateways it left out."""

    format: Literal["millwright-antenna-apply/1"] = "millwright-antenna-apply/1"
    facility: str
    exit_code: int
    changed: tuple[str, ...]
    """Operations that changed a gateway, as ``gateway: operation``."""
    factory_changes: int
    """Tasks that changed something at the factory."""
    up: tuple[str, ...]
    """Antennas whose tunnel has had its handshake."""
    as_imported: tuple[str, ...]
    """Antennas with a gateway that takes bundles, which is up to date by its last imported result."""
    unreached: dict[str, str]
    """Antennas whose gateway could not be reached, and why."""
    needs_bundle: dict[str, str]
    """Antennas whose gateway needs a new bundle, and why."""


def apply(context: Context, facility: str, antenna: str | None) -> AntennaApply:
    """Bring one antenna, or all, to the described state.

    Raises :exc:`NotTestableError` if no gateway can be reached and :exc:`FailedError` if a step failed.
    """
    file = facility_file(facility)
    described = load_facility(file)
    names = chosen_antennas(described, antenna)
    applied = apply_antennas(
        described, names, rollout_context(context, file, described, bring_up_factory_side)
    )
    is_complete = not applied.unreached and not applied.due
    return AntennaApply(
        facility=described.name,
        exit_code=int(ExitCode.OK if is_complete else ExitCode.NOT_TESTED),
        changed=applied.gateways.changed,
        factory_changes=applied.factory_changes,
        up=tuple(name for name in by_ssh(described, names) if name not in applied.unreached),
        as_imported=tuple(name for name in by_bundle(described, names) if name not in applied.due),
        unreached=dict(applied.unreached),
        needs_bundle=dict(applied.due),
    )
