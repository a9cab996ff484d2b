"""Last imported result of a bundle-only gateway, and whether it needs a new bundle."""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from millwright.adapters.pyinfra.inventory import antenna_data
from millwright.antennas.bundle.build import bundles_of
from millwright.antennas.bundle.payload import described_contents, pack
from millwright.antennas.bundle.product import product_sum
from millwright.antennas.bundle.result import MARK, Result
from millwright.antennas.trust.host_certificates import certify_host
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.json_text import load_json
from millwright.facility.model import Facility
from millwright.facility.topics.reach import Reach

REMEDY = "make one (antenna bundle), let it be applied there, and import its result"


@dataclass(frozen=True, slots=True)
class ImportedResult:
    """The last result that was imported from a gateway."""

    serial: int
    is_good: bool
    finished: str
    """When the apply ended, by the gateway's clock."""
    described: str
    """Checksum of what the bundle described; empty if the bundle did not say."""
    product: str
    """Checksum of the code and packages that it ran; empty if the bundle did not say."""
    python: str
    """The gateway's Python: ``3.13``."""
    machine: str
    """Its machine type."""


def takes_bundles(facility: Facility, antenna: str) -> bool:
    """Whether the antenna's gateway is reached by bundles alone."""
    return facility.antennas[antenna].reached_by is Reach.BUNDLE


def by_ssh(facility: Facility, antennas: Iterable[str]) -> tuple[str, ...]:
    """Those antennas whose gateways the operator's machine enters."""
    return tuple(name for name in antennas if not takes_bundles(facility, name))


def by_bundle(facility: Facility, antennas: Iterable[str]) -> tuple[str, ...]:
    """Those antennas whose gateways take bundles."""
    return tuple(name for name in antennas if takes_bundles(facility, name))


def described_sum(facility: Facility, antenna: str, state: Path) -> str:
    """SHA-256 of the configuration that a gateway would get now, without product code and packages."""
    contents = described_contents(antenna_data(facility, antenna, state), state=state)
    return hashlib.sha256(pack(contents)).hexdigest()


def last_imported(state: Path, antenna: str) -> ImportedResult | None:
    """The newest imported result; None if none was. Raises :exc:`FailedError` if a file is damaged."""
    folder = bundles_of(state, antenna)
    serials = [int(each.stem) for each in folder.glob("*.result") if each.stem.isdigit()]
    if not serials:
        return None
    result_file = folder / f"{max(serials)}.result"
    manifest_file = folder / f"{max(serials)}.json"
    try:
        result = Result.model_validate_json(result_file.read_text(encoding="utf-8").partition(MARK)[0])
        made = load_json(manifest_file.read_text(encoding="utf-8"))
        given = [str(made.get(key, "")) for key in ("described", "product", "python", "machine")]
    except (OSError, ValueError) as error:
        raise FailedError(
            f"{result_file} or {manifest_file} can't be read: {error}", code="MW4001"
        ) from error
    return ImportedResult(result.serial, result.is_good, result.finished, *given)


def why_a_bundle_is_due(facility: Facility, antenna: str, *, state: Path, records: Path) -> str | None:
    """Why a gateway needs a new bundle; None if its last result says that it is as described now.

    ``state`` holds what is described, ``records`` the bundles and results; a plan keeps them apart.
    """
    last = last_imported(records, antenna)
    if last is None:
        return "it takes bundles, and no result of one was imported"
    if not last.is_good:
        return f"its apply of bundle {last.serial} failed at {last.finished}"
    if last.described != described_sum(facility, antenna, state):
        return f"what is described has changed since bundle {last.serial}"
    return None


def why_the_product_differs(antenna: str, *, records: Path, root: Path) -> str | None:
    """Why the last applied bundle differs from one made by the checkout ``root``; None if it doesn't."""
    last = last_imported(records, antenna)
    if last is None or last.product == product_sum(root, python=last.python, machine=last.machine):
        return None
    return f"what Millwright itself applies has changed since bundle {last.serial}"


def why_a_bundle_is_needed(facility: Facility, antenna: str, *, state: Path, root: Path) -> str | None:
    """Why a gateway is not as a bundle made now would leave it: by what is described, or by the product."""
    why = why_a_bundle_is_due(facility, antenna, state=state, records=state)
    return why or why_the_product_differs(antenna, records=state, root=root)


def needed_bundles(facility: Facility, antennas: Iterable[str], *, state: Path, root: Path) -> dict[str, str]:
    """Antennas of these that need a new bundle, and why; nothing is asked or written."""
    found = {
        name: why_a_bundle_is_needed(facility, name, state=state, root=root)
        for name in by_bundle(facility, antennas)
    }
    return {name: why for name, why in found.items() if why is not None}


def find_due(
    facility: Facility,
    antennas: Iterable[str],
    *,
    state: Path,
    now: datetime.datetime,
    root: Path | None = None,
) -> dict[str, str]:
    """Antennas of these that need a new bundle, and why; renews the host certificates that it would carry.

    With ``root``, the checkout, one that an older Millwright made counts as well; a change of
    trust alone doesn't need that.
    """
    due: dict[str, str] = {}
    for name in by_bundle(facility, antennas):
        try:
            certify_host(facility, facility.antennas[name].gateway, state=state, now=now)
            if root is None:
                why = why_a_bundle_is_due(facility, name, state=state, records=state)
            else:
                why = why_a_bundle_is_needed(facility, name, state=state, root=root)
        except (NotTestableError, FailedError) as error:
            why = str(error)
        if why is not None:
            due[name] = f"{why}: {REMEDY}"
    return due
