"""``millwright antenna list``: the antennas of a facility."""

from typing import Literal

from millwright.antennas.bundle.imported import needed_bundles
from millwright.app.document import Document, Part
from millwright.core.places import facility_file, product_root, state_folder
from millwright.facility import load_facility
from millwright.facility.model import Antenna


class TunnelRow(Part):
    """The WireGuard tunnel of an antenna."""

    factory_address: str
    gateway_address: str
    port: int
    """UDP port on which the factory listens."""


class AntennaUserRow(Part):
    """A user of an antenna."""

    name: str
    account: str
    """Slurm account that is charged."""
    principals: tuple[str, ...]
    """Names of the user in certificates of an outside CA."""


class AntennaRow(Part):
    """One antenna, as the facility describes it."""

    title: str
    gateway: str
    factory: str
    tunnel: TunnelRow
    users: tuple[AntennaUserRow, ...]
    certificate_minutes: int
    """Lifetime of a user's SSH certificate."""
    environment: str
    administrator_networks: tuple[str, ...]
    """Networks from which administrators reach the gateway; every network if empty."""
    reached_by: str
    reboot_at: str | None
    """When the gateway may restart after a security update, in its time zone; null: never."""
    may_be_cut: bool
    checks: tuple[str, ...]
    """Checks that are expected of this antenna."""
    needs_bundle: str | None
    """Why a gateway that takes bundles needs a new one; null if it needs none."""


class AntennaList(Document):
    """The antennas of a facility."""

    format: Literal["millwright-antenna-list/1"] = "millwright-antenna-list/1"
    facility: str
    antennas: dict[str, AntennaRow]
    """By name."""


def list_antennas(facility: str) -> AntennaList:
    """The antennas of a facility, and which of their gateways need a bundle; no host is asked."""
    described = load_facility(facility_file(facility))
    needs = needed_bundles(
        described, described.antennas, state=state_folder(described.name), root=product_root()
    )
    rows = {name: _row(antenna, needs.get(name)) for name, antenna in described.antennas.items()}
    return AntennaList(facility=described.name, antennas=rows)


def _row(antenna: Antenna, needs_bundle: str | None) -> AntennaRow:
    tunnel, users = antenna.tunnel, antenna.users
    return AntennaRow(
        title=antenna.title,
        gateway=antenna.gateway,
        factory=antenna.factory,
        tunnel=TunnelRow(
            factory_address=tunnel.factory_address, gateway_address=tunnel.gateway_address, port=tunnel.port
        ),
        users=tuple(
            AntennaUserRow(name=user.name, account=user.account, principals=user.principals) for user in users
        ),
        certificate_minutes=antenna.certificate_minutes,
        environment=antenna.environment,
        administrator_networks=antenna.administrator_networks,
        reached_by=antenna.reached_by,
        reboot_at=antenna.reboot_at,
        may_be_cut=antenna.may_be_cut,
        checks=tuple(antenna.checks),
        needs_bundle=needs_bundle,
    )
