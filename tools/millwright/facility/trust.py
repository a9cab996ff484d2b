"""Whose certificates a facility accepts: certification authorities, pinned and kept apart by environment."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from millwright.facility.frozen import Frozen

Fingerprint = Annotated[str, StringConstraints(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
"""SHA-256 fingerprint of a public key, as ``ssh-keygen -l`` prints it."""

FilePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$")]
"""A file beside or below the facility file."""

Principal = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,99}$")]
"""A name in a certificate: safe in sshd's lists of principals, where spaces, commas and ``#`` part words."""

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hour and minute, in the host's time zone."""


class Environment(StrEnum):
    """Production and rehearsal trust different certification authorities."""

    PRODUCTION = "production"
    STAGING = "staging"


class UserCa(Frozen):
    """A certification authority outside of the facility, whose user certificates are accepted too."""

    environment: Environment = Environment.PRODUCTION
    """The authority is trusted by antennas of this environment and by no other."""
    public_key: FilePath
    """File beside the facility file: an OpenSSH public key, or JSON with `PublicKey` as the EuroHPC
    Federation Platform publishes it."""
    fingerprint: Fingerprint
    """The key's fingerprint, learned on another way than the file: a file with another one is refused."""
