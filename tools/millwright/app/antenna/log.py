"""``millwright antenna log``: who entered the gateways."""

from typing import Literal

from millwright.antennas.proof.audit import Entry
from millwright.antennas.proof.gateway_reports import entries_of
from millwright.antennas.rollout.apply import chosen_antennas
from millwright.app.document import Document, Part
from millwright.core.errors import ExitCode, MillwrightError
from millwright.core.places import facility_file
from millwright.facility import load_facility


class EntryRow(Part):
    """One connection of a certificate's holder, as the gateway's sshd logged it."""

    time_us: int
    """When it entered, in microseconds since 1970."""
    account: str
    """Account of the gateway that was entered."""
    key_id: str
    """Key id of the certificate: ``facility/antenna/user``; free text in one of an outside CA."""
    serial: int
    ca: str
    """SHA-256 fingerprint of the CA that signed the certificate."""
    source: str
    """Address and port it came from."""
    targets: tuple[str, ...]
    """Addresses and ports that it asked for."""
    denied: tuple[str, ...]
    """Those of them that the gateway refused."""
    left_us: int | None
    """When it left, in microseconds since 1970; null if it is connected or the log does not show it."""


class AntennaLog(Document):
    """Who entered each gateway."""

    format: Literal["millwright-antenna-log/1"] = "millwright-antenna-log/1"
    facility: str
    exit_code: int
    entries: dict[str, tuple[EntryRow, ...]]
    """By antenna, oldest first."""
    not_reached: dict[str, str]
    """Antennas whose log could not be read, and why."""


def log(facility: str, antenna: str | None, since: str) -> AntennaLog:
    """Read the log of one gateway, or of all; ``since`` is a time in the notation of ``journalctl``.

    Raises :exc:`BadInputError` for an unknown antenna.
    """
    described = load_facility(facility_file(facility))
    found: dict[str, tuple[EntryRow, ...]] = {}
    failures: dict[str, str] = {}
    for name in chosen_antennas(described, antenna):
        try:
            found[name] = tuple(_row(entry) for entry in entries_of(described, name, since=since))
        except MillwrightError as error:
            failures[name] = str(error)
    return AntennaLog(
        facility=described.name,
        exit_code=int(ExitCode.NOT_TESTED if failures else ExitCode.OK),
        entries=found,
        not_reached=failures,
    )


def _row(entry: Entry) -> EntryRow:
    return EntryRow(
        time_us=entry.time_us,
        account=entry.account,
        key_id=entry.key_id,
        serial=entry.serial,
        ca=entry.ca,
        source=entry.source,
        targets=entry.targets,
        denied=entry.denied,
        left_us=entry.left_us,
    )
