"""CAs and revocations for gateways and factory, written to the state folder before anything changes."""

import datetime
from collections.abc import Iterable
from pathlib import Path

from millwright.antennas.trust.host_certificates import certify_host
from millwright.antennas.trust.revocations import write_krl
from millwright.antennas.trust.user_cas import write_trust_files
from millwright.facility.model import Facility


def write_factory_trust(facility: Facility, facility_file: Path, state: Path) -> None:
    """Write the trusted CAs of each environment and the key revocation list.

    Raises :exc:`BadInputError` if an outside CA is not the pinned one; nothing is written then.
    """
    write_trust_files(facility, facility_file, state)
    write_krl(state)


def write_trust(
    facility: Facility, facility_file: Path, antennas: Iterable[str], *, state: Path, now: datetime.datetime
) -> None:
    """Write all that the gateways of these antennas and the factory need.

    Raises :exc:`NotTestableError` if a host's key is not pinned, else as :func:`write_factory_trust`.
    """
    write_factory_trust(facility, facility_file, state)
    for name in antennas:
        certify_host(facility, facility.antennas[name].gateway, state=state, now=now)
