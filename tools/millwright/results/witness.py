"""The chain of a facility as an outside witness attests it: one line a run.

Whoever holds the operator's key can forge all that is beside the runs, down to the raw output. A list that
somebody else has stamped or signed, and kept, shows that these runs were others at that time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.results.begun import read_regular
from millwright.results.chain import Link

HEADING = "millwright-chain/1"
FOLDER = ".witness"
"""Folder of the lists, beside the runs of a facility."""
SUFFIX = ".chain"
STAMP, SIGNATURE = ".tsr", ".sig"
"""Added to the name of a list: a time stamp of an authority, and a second party's OpenSSH signature."""
NONE = "-"
LINE = re.compile(r"(-|[1-9][0-9]{0,8}) (\S+) (\S+) (-|[0-9a-f]{64}) (-|[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One run as it was when the list was made."""

    number: int | None
    run_id: str
    started: str
    begun_sum: str
    manifest_sum: str
    """Empty for a run that had not been stored then."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All runs of a facility at one time."""

    facility: str
    runs: tuple[Witnessed, ...]

    @property
    def head(self) -> int:
        """The highest number; 0 if no run has one."""
        return max((run.number or 0 for run in self.runs), default=0)


def write_listing(facility: str, links: Sequence[Link]) -> str:
    """The list of a chain, as it is stamped or signed."""
    lines = [f"{HEADING} {facility}"]
    for link in links:
        begun, manifest = link.begun_sum or NONE, link.manifest_sum or NONE
        lines.append(f"{link.number or NONE} {link.run_id} {link.started or NONE} {begun} {manifest}")
    return "".join(f"{line}\n" for line in lines)


def listing_name(text: str, head: int) -> str:
    """Name of a list's file: the highest number and the list's own sum."""
    return f"{head:06d}-{sha256(text.encode()).hexdigest()[:12]}{SUFFIX}"


def read_listing(path: Path) -> Listing:
    """Read a list; raises :exc:`BadInputError` for anything else."""
    try:
        heading, *lines = read_regular(path).decode("ascii").splitlines()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", "a list of runs", code="MW6201")]
        ) from error
    name, _, facility = heading.partition(" ")
    matches = [LINE.fullmatch(line) for line in lines]
    if name != HEADING or not all(matches):
        raise BadInputError([Problem(str(path), "-", "not a list of runs", HEADING, code="MW6202")])
    return Listing(facility, tuple(_witnessed(match) for match in matches if match))


def find_differences(listing: Listing, facility: str, links: Sequence[Link]) -> Iterator[str]:
    """Every run that is not what the witness saw, was taken away or was slipped in."""
    if listing.facility != facility:
        yield f"the witness saw the runs of {listing.facility!r}, not of {facility!r}"
        return
    present = {link.run_id: link for link in links}
    for run in listing.runs:
        link = present.get(run.run_id)
        if link is None:
            yield f"run {run.run_id}, number {run.number or NONE}, was there and is gone"
        else:
            yield from _compare(run, link)
    seen = {run.run_id for run in listing.runs}
    for link in links:
        if link.run_id not in seen and (link.number or 0) <= listing.head:
            yield f"{link.name} was not there"


def find_late_starts(listing: Listing, stamped: str) -> Iterator[str]:
    """Runs that say they started after they were witnessed; ``stamped`` is ISO 8601, UTC."""
    for run in listing.runs:
        if run.started > stamped:
            yield f"run {run.run_id} says it started at {run.started}, after it was witnessed at {stamped}"


def _compare(run: Witnessed, link: Link) -> Iterator[str]:
    pairs: Mapping[str, tuple[object, object]] = {
        "number": (run.number, link.number),
        "begun record": (run.begun_sum, link.begun_sum),
        "manifest": (run.manifest_sum, link.manifest_sum if run.manifest_sum else ""),
    }
    for name, (witnessed, present) in pairs.items():
        if witnessed != present:
            yield f"{link.name} had another {name}: it was changed or replaced since"


def _witnessed(match: re.Match[str]) -> Witnessed:
    number, run_id, started, begun, manifest = ("" if part == NONE else part for part in match.groups())
    return Witnessed(int(number) if number else None, run_id, started, begun, manifest)
