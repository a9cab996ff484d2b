"""A signed apply for a gateway that can't be reached from outside: one file, which carries all it needs."""

import datetime
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from millwright.adapters.openssh.signatures import sign_file
from millwright.adapters.pyinfra.inventory import antenna_data
from millwright.antennas.bundle.manifest import (
    BUNDLE_NAMESPACE,
    CLOCK_SKEW,
    Manifest,
    Target,
    next_serial,
)
from millwright.antennas.bundle.payload import described_contents, pack, payload_contents
from millwright.antennas.bundle.product import product_sum
from millwright.antennas.ssh.keys import public_half
from millwright.antennas.ssh.private_files import private_folder, write_whole
from millwright.facility.model import Facility

PROGRAM = "apply_bundle.py"
PAYLOAD = "payload.tar"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Order:
    """A bundle that is to be made."""

    target: Target
    valid: datetime.timedelta
    nonce: str
    signing_key: Path


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a bundle's parts lie."""

    state: Path
    """The facility's state folder."""
    root: Path
    """The checkout."""
    wheels: Path
    """Python packages for the gateway."""


def make_bundle(
    facility: Facility, order: Order, sources: Sources, *, now: datetime.datetime
) -> tuple[Manifest, bytes]:
    """Make a bundle, and remember its manifest so that its result is recognised."""
    folder = bundles_folder(sources.state, order.target.antenna)
    program = (sources.root / "antennas" / PROGRAM).read_bytes()
    data = antenna_data(facility, order.target.antenna, sources.state)
    payload = pack(payload_contents(data, state=sources.state, root=sources.root, wheels=sources.wheels))
    manifest = Manifest(
        target=order.target,
        serial=next_serial(max(issued_serials(folder), default=0), now),
        nonce=order.nonce,
        not_before=now - CLOCK_SKEW,
        not_after=now + order.valid,
        sha256={PAYLOAD: _sha256(payload), PROGRAM: _sha256(program)},
        described=_sha256(pack(described_contents(data, state=sources.state))),
        product=product_sum(sources.root, python=order.target.python, machine=order.target.machine),
    )
    document = manifest.to_json().encode()
    parts = {
        MANIFEST: document,
        f"{MANIFEST}.sig": _signature(document, order.signing_key, folder),
        PROGRAM: program,
        f"{PROGRAM}.sig": _signature(program, order.signing_key, folder),
        "signer.pub": public_half(order.signing_key).read_bytes(),
        PAYLOAD: payload,
    }
    write_whole(folder / f"{manifest.serial}.json", document.decode())
    return manifest, pack({PurePosixPath(name): data for name, data in parts.items()})


def bundles_of(state: Path, antenna: str) -> Path:
    """Where the bundles of an antenna and their results are remembered; it need not exist."""
    return state / "antennas" / antenna / "bundles"


def bundles_folder(state: Path, antenna: str) -> Path:
    """The same folder, made where it is missing."""
    return private_folder(bundles_of(state, antenna))


def issued_serials(folder: Path) -> list[int]:
    """Serials of all bundles that were made."""
    return [int(path.stem) for path in folder.glob("*.json") if path.stem.isdigit()]


def _signature(data: bytes, key: Path, folder: Path) -> bytes:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".sign-") as scratch:
        file = Path(scratch) / "part"
        file.write_bytes(data)
        sign_file(file, key, BUNDLE_NAMESPACE)
        return file.with_name("part.sig").read_bytes()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
