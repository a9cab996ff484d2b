"""SSH certificates as data, signed and read by OpenSSH's own ``ssh-keygen``."""

import datetime
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from millwright.antennas.ssh.private_files import private_folder
from millwright.core.errors import FailedError
from millwright.core.process import output_of

EXTENSIONS = ("permit-port-forwarding", "permit-pty")
"""All that a user's certificate allows: the jump through the gateway, and a terminal at the factory."""
USER, HOST = "user", "host"
"""The two kinds of certificates, as ``ssh-keygen -L`` names them."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says; times are in UTC, to the second."""

    key_id: str
    serial: int
    principals: tuple[str, ...]
    valid_after: datetime.datetime
    valid_before: datetime.datetime
    extensions: tuple[str, ...] = EXTENSIONS
    kind: str = USER

    def is_valid(self, now: datetime.datetime) -> bool:
        """Whether a server whose clock says ``now`` accepts its dates."""
        return self.valid_after <= now < self.valid_before

    def is_fresh(self, now: datetime.datetime) -> bool:
        """Whether at least half of its life remains."""
        return self.is_valid(now) and self.valid_before - now >= (self.valid_before - self.valid_after) / 2


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate together with the fingerprints of its key and of the CA that signed it."""

    certificate: Certificate
    key: str
    signer: str


def sign(ca: Path, public_key: Path, certificate: Certificate, destination: Path) -> None:
    """Write ``certificate`` for ``public_key`` to ``destination``, signed by the private key ``ca``.

    Raises :exc:`FailedError` if ``ssh-keygen`` refuses; ``destination`` is then unchanged.
    """
    scratch = Path(tempfile.mkdtemp(dir=private_folder(destination.parent), prefix=".sign-"))
    try:
        copy = scratch / "key.pub"
        shutil.copyfile(public_key, copy)
        output_of(_arguments(ca, copy, certificate), environment=_utc())
        (scratch / "key-cert.pub").replace(destination)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _arguments(ca: Path, public_key: Path, certificate: Certificate) -> list[str]:
    validity = ":".join(_digits(moment) for moment in (certificate.valid_after, certificate.valid_before))
    return [
        *("ssh-keygen", "-q", "-s", str(ca), *(["-h"] if certificate.kind == HOST else [])),
        *("-I", certificate.key_id, "-z", str(certificate.serial)),
        *("-n", ",".join(certificate.principals), "-V", validity),
        *(part for option in _options(certificate) for part in ("-O", option)),
        str(public_key),
    ]


def _options(certificate: Certificate) -> tuple[str, ...]:
    """Take every default away, then allow what the certificate says; a host's has no options at all."""
    return () if certificate.kind == HOST else ("clear", *certificate.extensions)


def _digits(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y%m%d%H%M%S")


def _utc() -> dict[str, str]:
    """ssh-keygen reads and prints local time, and older releases know no suffix for UTC."""
    return {**os.environ, "TZ": "UTC", "LC_ALL": "C"}


def read_certificate(path: Path) -> Signed:
    """Read a certificate; raises :exc:`FailedError` if the file holds none."""
    text = output_of(["ssh-keygen", "-L", "-f", str(path)], environment=_utc())
    try:
        return parse_certificate(text)
    except (LookupError, ValueError) as error:
        raise FailedError(f"{path}: not a certificate with an end ({error})", code="MW4401") from error


def parse_certificate(text: str) -> Signed:
    """Parse what ``ssh-keygen -L`` prints with ``TZ=UTC``.

    Raises :exc:`LookupError` or :exc:`ValueError` where a field is missing or a certificate never ends.
    """
    fields = dict(re.findall(r"^ {8}(\S[^:\n]*): ?(.*)$", text, flags=re.MULTILINE))
    _, after, _, before = fields["Valid"].split()  # from A to B
    certificate = Certificate(
        key_id=fields["Key ID"].removeprefix('"').removesuffix('"'),
        serial=int(fields["Serial"]),
        principals=_listed(text, "Principals"),
        valid_after=datetime.datetime.fromisoformat(after).replace(tzinfo=datetime.UTC),
        valid_before=datetime.datetime.fromisoformat(before).replace(tzinfo=datetime.UTC),
        extensions=_listed(text, "Extensions"),
        kind=HOST if " host certificate" in fields["Type"] else USER,
    )
    return Signed(certificate, key=fields["Public key"].split()[1], signer=fields["Signing CA"].split()[1])


def _listed(text: str, field: str) -> tuple[str, ...]:
    block = re.search(rf"^ {{8}}{field}:[^\n]*\n((?: {{9,}}[^\n]*\n?)*)", text, flags=re.MULTILINE)
    return tuple(block.group(1).split()) if block else ()
