"""``millwright antenna pin``: the key by which a gateway or the login node is known from now on."""

from pathlib import Path
from typing import Literal

from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.trust.pinning import pin_host_key
from millwright.app.document import Document
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import facility_file
from millwright.core.suggestions import did_you_mean
from millwright.facility import Facility, load_facility


class PinnedKey(Document):
    """The host key that is pinned now."""

    format: Literal["millwright-antenna-pin/1"] = "millwright-antenna-pin/1"
    facility: str
    host: str
    fingerprint: str
    """SHA-256 fingerprint, as ``ssh-keygen -l`` prints it."""
    changed: bool
    """False if this key was pinned before."""


def pin(facility: str, host: str, fingerprint: str, key_file: Path | None) -> PinnedKey:
    """Pin the key that a host shows, or that ``key_file`` holds, if it has this fingerprint.

    Raises :exc:`BadInputError` for an unknown host, a malformed fingerprint or a file with another key,
    :exc:`FailedError` if the host shows another key, and :exc:`NotTestableError` if it shows none.
    """
    described = load_facility(facility_file(facility))
    _check_arguments(described, host, fingerprint)
    is_new = pin_host_key(resolve_target(described, host), fingerprint, key_file=key_file)
    return PinnedKey(facility=described.name, host=host, fingerprint=fingerprint, changed=is_new)


def _check_arguments(facility: Facility, host: str, fingerprint: str) -> None:
    login = facility.services.hosts()["login"] if facility.services else ()
    known = dict.fromkeys([*(antenna.gateway for antenna in facility.antennas.values()), *login])
    problems = []
    if host not in known:
        text = f"{host!r} is neither a gateway nor the login node"
        expected = f"one of {', '.join(known)}{did_you_mean(host, known)}"
        problems.append(Problem(facility.name, "host", text, expected, code="MW4515"))
    if len(fingerprint) != 50 or not fingerprint.startswith("SHA256:"):
        problems.append(
            Problem(
                "pin", "--fingerprint", repr(fingerprint[:60]), "SHA256: and 43 characters", code="MW2201"
            )
        )
    if problems:
        raise BadInputError(problems)
