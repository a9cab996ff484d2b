"""``millwright results witness``: let somebody else attest which runs there are."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from millwright.adapters.openssh.signatures import WITNESS_NAMESPACE, sign_file
from millwright.adapters.openssl.timestamps import ask_authority, check_timestamp, find_refusal, make_query
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.files import write_atomically, write_new
from millwright.results.chain import Chain, read_chain
from millwright.results.witness import (
    FOLDER,
    SIGNATURE,
    STAMP,
    SUFFIX,
    listing_name,
    read_listing,
    write_listing,
)


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """Who attests the chain: exactly one of the four ways."""

    facility: str
    tsa: str = ""
    """Address of a time stamp authority."""
    request: Path | None = None
    """Where the request goes, to be carried to an authority that can't be reached from here."""
    response: Path | None = None
    """The authority's answer to such a request."""
    sign_with: Path | None = None
    """A second party's SSH key."""
    results: Path = DEFAULT_RESULTS


class WitnessedChain(Document):
    """The list of runs, and what attests it."""

    format: Literal["millwright-results-witness/1"] = "millwright-results-witness/1"
    facility: str
    number: int
    """Highest number of the runs that are listed."""
    runs: int
    listing: str
    """The file that was stamped or signed."""
    witness: str
    """The stamp or signature, or the request that is to be carried to the authority."""
    time: str
    """The authority's time, ISO 8601 in UTC; empty for a request and for a signature."""


def witness_chain(context: Context, request: WitnessRequest) -> WitnessedChain:
    """Have the runs of a facility stamped or signed by somebody else.

    Raises :exc:`BadInputError` for none or several ways at once and for a facility without runs, and
    :exc:`FailedError` for an answer that is no stamp of the list.
    """
    ways = [request.tsa, request.request, request.response, request.sign_with]
    if sum(way is not None and way != "" for way in ways) != 1:
        expected = "one of --tsa, --request, --response and --sign-with"
        raise BadInputError([Problem("results witness", "-", "not one way", expected, code="MW6208")])
    name = stored_name(request.facility, request.results)
    chain = read_chain(request.results, name)
    place = request.results / name
    for found in chain.findings:
        context.warn(f"the chain is broken, and is witnessed as it is: {found.text}")
    if request.response is not None:
        listing, made = _take_response(place, request.response)
    else:
        listing = _store_listing(place, chain)
        made = _attest(context, listing, request)
    found_listing = read_listing(listing)
    return WitnessedChain(
        facility=name,
        number=found_listing.head,
        runs=len(found_listing.runs),
        listing=str(listing),
        witness=str(made),
        time=check_timestamp(listing, made, None).time if made.name.endswith(STAMP) else "",
    )


def _store_listing(place: Path, chain: Chain) -> Path:
    if not chain.links:
        raise BadInputError(
            [Problem(str(place), "-", "no run", "a run stored by millwright run", code="MW6209")]
        )
    text = write_listing(place.name, chain.links)
    path = place / FOLDER / listing_name(text, chain.head.number or 0 if chain.head else 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # the name holds the sum of the content
        write_new(path, text, mode=0o444)
    return path


def _attest(context: Context, listing: Path, request: WitnessRequest) -> Path:
    if request.request is not None:
        make_query(listing, request.request)
        return request.request
    made = listing.with_name(listing.name + (STAMP if request.tsa else SIGNATURE))
    if made.exists():
        raise FailedError(f"the chain as it is has been witnessed already: {made}", code="MW6210")
    if request.sign_with is not None:
        sign_file(listing, request.sign_with, WITNESS_NAMESPACE)
        return made
    with TemporaryDirectory() as folder:
        query = Path(folder, "query.tsq")
        make_query(listing, query)
        context.progress.step("witness", f"asking {request.tsa}")
        reply = ask_authority(request.tsa, query.read_bytes())
    _store_stamp(listing, made, reply, request.tsa)
    return made


def _take_response(place: Path, response: Path) -> tuple[Path, Path]:
    """The list that an answer stamps, whichever of them was sent."""
    for listing in sorted((place / FOLDER).glob(f"*{SUFFIX}"), reverse=True):
        if not find_refusal(listing, response):
            made = listing.with_name(listing.name + STAMP)
            _store_stamp(listing, made, response.read_bytes(), str(response))
            return listing, made
    raise FailedError(f"{response} stamps no list of runs in {place / FOLDER}", code="MW6211")


def _store_stamp(listing: Path, made: Path, reply: bytes, source: str) -> None:
    with TemporaryDirectory() as folder:
        answer = Path(folder, "answer.tsr")
        answer.write_bytes(reply)
        refusal = find_refusal(listing, answer)
    if refusal:
        raise FailedError(f"{source} gave no time stamp of {listing.name}: {refusal}", code="MW6212")
    write_atomically(made, reply, mode=0o444)
