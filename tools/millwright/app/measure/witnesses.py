"""What outside witnesses attest of a facility's chain, and whether the chain still is what they saw."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from millwright.adapters.openssh.signatures import WITNESS_NAMESPACE, check_signature
from millwright.adapters.openssl.timestamps import check_timestamp
from millwright.app.document import Part
from millwright.core.errors import BadInputError
from millwright.results.chain import Chain
from millwright.results.witness import (
    FOLDER,
    SIGNATURE,
    STAMP,
    SUFFIX,
    Listing,
    find_differences,
    find_late_starts,
    read_listing,
)


@dataclass(frozen=True, slots=True)
class WitnessTrust:
    """Whose witness counts."""

    authority: Path | None = None
    """Certificate of the time stamp authority, or of the CA that certified it (PEM)."""
    signers: Path | None = None
    """OpenSSH's file of second parties that may sign the chain."""
    folder: Path | None = None
    """The reader's own copies of lists, stamps and signatures; None for those beside the runs."""


class Witness(Part):
    """A time stamp, or a second party's signature, of the chain."""

    file: str
    kind: str
    """``time stamp`` or ``signature``."""
    state: str
    """good, bad, unknown signer or not checked."""
    time: str
    """ISO 8601, UTC, by the authority's clock; empty for a signature."""
    detail: str
    number: int
    """Highest number of the runs that it covers."""
    differences: tuple[str, ...]
    """Runs that were changed, replaced, taken away or slipped in since, in words."""


def find_witnesses(place: Path, chain: Chain, trust: WitnessTrust) -> Iterator[Witness]:
    """Every stamp and signature below the folder of a facility's runs; a list without one is none."""
    folder = trust.folder or place / FOLDER
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            listing = read_listing(path)
        except BadInputError as error:
            yield Witness(
                file=str(path), kind="list", state="bad", time="", detail=str(error), number=0, differences=()
            )
            continue
        differences = tuple(find_differences(listing, place.name, chain.links))
        yield from _stamp(path, listing, differences, trust)
        yield from _signature(path, listing, differences, trust)


def find_missing(found: tuple[Witness, ...], trust: WitnessTrust) -> Iterator[str]:
    """The witnesses that the reader asked for and that are not there, and those that contradict the runs."""
    for witness in found:
        if witness.state in {"bad", "unknown signer"}:
            yield f"{witness.file}: {witness.kind}: {witness.state}: {witness.detail}"
        yield from (f"{witness.file}: {line}" for line in witness.differences)
    for kind, wanted in (("time stamp", trust.authority), ("signature", trust.signers)):
        if wanted and not any(each.kind == kind and each.state == "good" for each in found):
            yield f"no {kind} of the chain is good by {wanted}"


def _stamp(
    path: Path, listing: Listing, differences: tuple[str, ...], trust: WitnessTrust
) -> Iterator[Witness]:
    response = path.with_name(path.name + STAMP)
    if not response.exists():
        return
    check = check_timestamp(path, response, trust.authority)
    late = tuple(find_late_starts(listing, check.time)) if check.time else ()
    yield Witness(
        file=str(response),
        kind="time stamp",
        state=check.state,
        time=check.time,
        detail=check.detail,
        number=listing.head,
        differences=differences + late,
    )


def _signature(
    path: Path, listing: Listing, differences: tuple[str, ...], trust: WitnessTrust
) -> Iterator[Witness]:
    signature = path.with_name(path.name + SIGNATURE)
    if not signature.exists():
        return
    check = check_signature(path, signature, trust.signers, WITNESS_NAMESPACE)
    is_open = check.state == "unknown signer" and trust.signers is None
    yield Witness(
        file=str(signature),
        kind="signature",
        state="not checked" if is_open else check.state,
        time="",
        detail=check.detail,
        number=listing.head,
        differences=differences,
    )
