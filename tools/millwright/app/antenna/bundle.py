"""``millwright antenna bundle`` and ``import``: a gateway that cannot be reached applies itself."""

import datetime
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millwright.antennas.bundle.build import Order, Sources, make_bundle
from millwright.antennas.bundle.manifest import FORMAT, Manifest, Target
from millwright.antennas.bundle.result import Result, Sender, take_result
from millwright.antennas.bundle.wheels import gateway_wheels
from millwright.antennas.gateway.wireguard import publish_public_key
from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.rollout.factory_side import run_factory_play
from millwright.antennas.ssh.host_keys import pinned_keys, resolve_target
from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust.prepared import write_trust
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.signing import own_signing_key
from millwright.core.errors import ExitCode
from millwright.core.places import cache_folder, facility_file, product_root, state_folder
from millwright.facility import Facility, load_facility

STEP = "bundle"


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """A bundle to make."""

    facility: str
    antenna: str
    output: Path | None = None
    """The file to write; ``<antenna>.bundle`` if None."""
    lifetime: datetime.timedelta = datetime.timedelta(days=7)
    """How long it may be applied."""
    python: str = "3.13"
    """The gateway's Python."""
    machine: str = "x86_64"
    """The gateway's machine type, as ``uname -m`` prints it."""
    sign_with: Path | None = None
    """Private SSH key that signs; the account's own if None."""


class BundleManifest(Part):
    """What the operator's signature vouches for."""

    format: int
    """Version of the bundle's own format."""
    facility: str
    antenna: str
    gateway: str
    host_keys: tuple[str, ...]
    """Pinned host keys, ``type base64``; the gateway must hold the private half of one."""
    python: str
    """Version of the gateway's Python: ``3.13``."""
    machine: str
    """Machine type, as ``uname -m`` prints it."""
    serial: int
    """Grows with every bundle of an antenna."""
    nonce: str
    not_before: datetime.datetime
    not_after: datetime.datetime
    """End of the time in which it may be applied."""
    sha256: dict[str, str]
    """Checksums of the bundle's other parts."""
    described: str
    """SHA-256 of the gateway's configuration."""
    product: str
    """SHA-256 of the code and packages that the gateway runs."""


class AntennaBundle(Document):
    """A bundle that was written."""

    format: Literal["millwright-antenna-bundle/1"] = "millwright-antenna-bundle/1"
    file: str
    size_bytes: int
    signer: str
    """SHA-256 fingerprint of the key that signed."""
    manifest: BundleManifest


class ImportedBundleResult(Document):
    """What a gateway made of its bundle, by its own signed result."""

    format: Literal["millwright-antenna-import/1"] = "millwright-antenna-import/1"
    exit_code: int
    facility: str
    antenna: str
    gateway: str
    serial: int
    """Serial of the bundle."""
    nonce: str
    """Nonce of the bundle."""
    is_good: bool
    """Whether the apply succeeded."""
    operations: int
    changed: tuple[str, ...]
    """Operations that changed something."""
    failed: tuple[str, ...]
    """Operations that failed."""
    last_words: tuple[str, ...]
    """Last lines of the apply's output."""
    finished: str
    """When the apply ended, by the gateway's clock."""
    wireguard_public_key: str
    versions: dict[str, str]
    """Version of each tool on the gateway."""
    factory_changes: int
    """Tasks that changed something at the factory."""


def bundle(context: Context, request: BundleRequest) -> AntennaBundle:
    """Write a signed, self-contained apply for a gateway that cannot be reached from outside.

    Raises :exc:`BadInputError` for an unknown antenna and :exc:`NotTestableError` if the gateway has no
    pinned host key or the factory cannot be reached for its key.
    """
    file = facility_file(request.facility)
    facility = load_facility(file)
    [antenna] = chosen_antennas(facility, request.antenna)
    now, state, key = context.now(), state_folder(facility.name), request.sign_with or own_signing_key()
    target = _target(facility, antenna, request)
    context.progress.step(STEP, "certificates and trust")
    write_trust(facility, file, [antenna], state=state, now=now)
    if not (state / "wireguard" / "factory.pub").exists():
        context.progress.step(STEP, "factory: making its key")
        run_factory_play(file, facility, state=state, now=now)
    context.progress.step(STEP, "fetching the gateway's Python packages")
    lock = (product_root() / "requirements.lock").read_text(encoding="utf-8")
    wheels = gateway_wheels(lock, cache=cache_folder(), python=request.python, machine=request.machine)
    order = Order(target, request.lifetime, secrets.token_hex(16), key)
    manifest, data = make_bundle(facility, order, Sources(state, product_root(), wheels), now=now)
    output = request.output or Path(f"{antenna}.bundle")
    output.write_bytes(data)
    signer = fingerprint(public_half(key))
    return AntennaBundle(
        file=str(output), size_bytes=len(data), signer=signer, manifest=_manifest_part(manifest)
    )


def import_result(context: Context, facility: str, antenna: str, result_file: Path) -> ImportedBundleResult:
    """Verify and read what a gateway sent back; if its apply succeeded, let it in at the factory.

    Raises :exc:`BadInputError` for a result that was altered, comes from another host, belongs to no
    bundle that was made here, or was imported before.
    """
    file = facility_file(facility)
    described = load_facility(file)
    [name] = chosen_antennas(described, antenna)
    state = state_folder(described.name)
    keys = pinned_keys(resolve_target(described, described.antennas[name].gateway))
    result = take_result(result_file, Sender(described.name, name, keys), state=state)
    changes = 0
    if result.is_good:
        publish_public_key(result.wireguard_public_key, state / "wireguard" / f"{name}.pub")
        context.progress.step(STEP, "factory: letting the gateway in")
        changes = run_factory_play(file, described, state=state, now=context.now())
    return _result_document(result, changes)


def _target(facility: Facility, antenna: str, request: BundleRequest) -> Target:
    host = facility.antennas[antenna].gateway
    keys = pinned_keys(resolve_target(facility, host))
    return Target(facility.name, antenna, host, keys, request.python, request.machine)


def _manifest_part(manifest: Manifest) -> BundleManifest:
    target = manifest.target
    return BundleManifest(
        format=FORMAT,
        facility=target.facility,
        antenna=target.antenna,
        gateway=target.gateway,
        host_keys=target.host_keys,
        python=target.python,
        machine=target.machine,
        serial=manifest.serial,
        nonce=manifest.nonce,
        not_before=manifest.not_before,
        not_after=manifest.not_after,
        sha256=dict(manifest.sha256),
        described=manifest.described,
        product=manifest.product,
    )


def _result_document(result: Result, factory_changes: int) -> ImportedBundleResult:
    return ImportedBundleResult(
        exit_code=int(ExitCode.OK if result.is_good else ExitCode.FAIL),
        facility=result.facility,
        antenna=result.antenna,
        gateway=result.gateway,
        serial=result.serial,
        nonce=result.nonce,
        is_good=result.is_good,
        operations=result.operations,
        changed=tuple(result.changed),
        failed=tuple(result.failed),
        last_words=tuple(result.last_words),
        finished=result.finished,
        wireguard_public_key=result.wireguard_public_key,
        versions=result.versions,
        factory_changes=factory_changes,
    )
