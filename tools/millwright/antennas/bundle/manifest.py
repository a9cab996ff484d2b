"""What a bundle says about itself: for whom, until when, and what it must not be twice."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

FORMAT = 1
BUNDLE_NAMESPACE = "millwright-bundle"
RESULT_NAMESPACE = "millwright-bundle-result"
"""Keep a signature of one thing from being taken for one of another."""
CLOCK_SKEW = datetime.timedelta(hours=1)
"""How far the clock of a gateway without a network may be behind ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """The one host that a bundle is for."""

    facility: str
    antenna: str
    gateway: str
    host_keys: tuple[str, ...]
    """Pinned host keys, ``type base64``; the gateway must hold the private half of one."""
    python: str
    """Version of the gateway's Python that the carried packages are for: ``3.13``."""
    machine: str
    """Machine type, as ``uname -m`` prints it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that the operator's signature vouches for."""

    target: Target
    serial: int
    """Grows with every bundle of an antenna; microseconds since 1970 unless two are made at once."""
    nonce: str
    not_before: datetime.datetime
    not_after: datetime.datetime
    sha256: Mapping[str, str]
    """Checksums of the bundle's other parts."""
    described: str
    """Checksum of the gateway's configuration, without packages and code."""
    product: str
    """Checksum of the code and the packages that it runs."""

    def to_json(self) -> str:
        """The document that is signed."""
        document = {
            "format": FORMAT,
            **asdict(self.target),
            "serial": self.serial,
            "nonce": self.nonce,
            "not_before": self.not_before.isoformat(),
            "not_after": self.not_after.isoformat(),
            "sha256": dict(self.sha256),
            "described": self.described,
            "product": self.product,
        }
        return json.dumps(document, indent=2, sort_keys=True) + "\n"


def next_serial(issued: int, now: datetime.datetime) -> int:
    """The serial of a bundle made at ``now``, where ``issued`` is the highest so far."""
    return max(issued + 1, round(now.timestamp() * 1_000_000))
