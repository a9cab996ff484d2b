"""The runs of a facility in order: which is missing, which was replaced, and which is the newest.

Every run has a number and names what the chain held before it: the manifest of its predecessor or, if that
had not been stored, the predecessor's begun record (SHA-256). The first run names all that were stored
before there was a chain. So a run that was changed, replaced or taken away no longer fits its successor.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from millwright.core.errors import BadInputError
from millwright.results.begun import begun_file, list_begun, read_refused, read_regular, refused_file
from millwright.results.manifest import MANIFEST, read_sums, sum_file
from millwright.results.run_info import RUN_ID

RUN_FILE = "run.json"
UNNUMBERED_SCHEMA = "millwright-run/1"
"""The one form of a run that may have no number."""

State = Literal["complete", "interrupted", "refused", "begun only"]
Kind = Literal[
    "missing",
    "deleted",
    "duplicate",
    "fork",
    "predecessor",
    "record",
    "elsewhere",
    "unreadable",
    "unnumbered",
]


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """Something that an unbroken chain does not have."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """One run of the chain: stored, or begun and never stored."""

    run_id: str
    facility: str
    number: int | None
    """None for a run that was stored before there was a chain."""
    previous: str
    started: str
    """ISO 8601, UTC, by the clock of that time; empty if it can't be read."""
    begun_sum: str
    """SHA-256 of its begun record; empty if there is none."""
    manifest_sum: str
    """SHA-256 of its manifest; empty if it was not stored."""
    was_interrupted: bool
    is_imported: bool = False
    """Others measured it, see :mod:`millwright.results.imports`."""
    refusal: str = ""
    """Why it ended before its first case, if it recorded that it did."""

    @property
    def state(self) -> State:
        """How far the run came."""
        if not self.manifest_sum:
            return "refused" if self.refusal else "begun only"
        return "interrupted" if self.was_interrupted else "complete"

    @property
    def name(self) -> str:
        """The run as findings name it."""
        return f"run {self.number} ({self.run_id})" if self.number else f"run {self.run_id}"


@dataclass(frozen=True, slots=True)
class Chain:
    """All runs of a facility: those before the chain by name, then by number."""

    links: tuple[Link, ...] = ()
    findings: tuple[ChainFinding, ...] = ()

    @property
    def stored(self) -> tuple[Link, ...]:
        """The runs that were stored."""
        return tuple(link for link in self.links if link.manifest_sum)

    @property
    def head(self) -> Link | None:
        """The link with the highest number."""
        numbered = [link for link in self.links if link.number]
        return numbered[-1] if numbered else None

    @property
    def newest(self) -> Link | None:
        """The newest complete run that was measured here; the clock has no say in it."""
        complete = [link for link in self.links if link.state == "complete" and not link.is_imported]
        return complete[-1] if complete else None

    def find(self, run_id: str) -> Link | None:
        """The link of a run."""
        return next((link for link in self.links if link.run_id == run_id), None)


def read_chain(root: Path, facility: str) -> Chain:
    """The chain of a facility's runs below ``root``; each file is read, none but ``run.json`` is summed.

    Never fails for a damaged file: that is a finding.
    """
    place = root / facility
    findings: list[ChainFinding] = []
    links = [_read(place, run_id, findings) for run_id in sorted(_names(place))]
    own = [link for link in links if link.facility == facility]
    findings += [
        ChainFinding("elsewhere", f"{link.name} is of facility {link.facility!r}, not of {facility!r}")
        for link in links
        if link.facility != facility
    ]
    ordered = tuple(sorted(own, key=lambda link: (link.number or 0, link.run_id)))
    return Chain(ordered, (*findings, *find_breaks(ordered)))


def find_breaks(links: Sequence[Link]) -> Iterator[ChainFinding]:
    """Every gap, duplicate, fork and wrong predecessor of links in order."""
    by_number: dict[int, list[Link]] = defaultdict(list)
    by_previous: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.number:
            by_number[link.number].append(link)
            by_previous[link.previous].append(link)
    yield from _find_gaps(by_number)
    for number, group in sorted(by_number.items()):
        if len(group) > 1:
            yield ChainFinding("duplicate", f"number {number} is that of {_list(group)}")
    for group in by_previous.values():
        if len(group) > 1:
            yield ChainFinding("fork", f"{_list(group)} name the same predecessor")
    for link in links:
        if link.number and not link.begun_sum:
            yield ChainFinding("record", f"{link.name} has no record that it began")
        yield from _find_wrong_predecessor(link, by_number, links)


def head_sum(links: Sequence[Link]) -> str:
    """What a run that begins now names as its predecessor; empty if there is none."""
    last = links[-1] if links else None
    if last is None or not last.number:
        return sum_of_unnumbered(links)
    return last.manifest_sum or last.begun_sum


def sum_of_unnumbered(links: Iterable[Link]) -> str:
    """SHA-256 over the manifests of the runs before the chain; empty if there is none."""
    lines = [f"{link.manifest_sum}  {link.run_id}\n" for link in links if not link.number]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest() if lines else ""


def _find_gaps(by_number: Mapping[int, object]) -> Iterator[ChainFinding]:
    expected = 1
    for number in sorted(by_number):
        if number > expected:
            several = f"numbers {expected} to {number - 1} are"
            span = f"number {expected} is" if number == expected + 1 else several
            yield ChainFinding("missing", f"{span} missing: no run and no begun record is there")
        expected = number + 1


def _find_wrong_predecessor(
    link: Link, by_number: Mapping[int, Sequence[Link]], links: Sequence[Link]
) -> Iterator[ChainFinding]:
    if not link.number:
        return
    if link.number == 1:
        if link.previous != sum_of_unnumbered(links):
            text = "the runs before the chain were changed, deleted or joined by others after it began"
            yield ChainFinding("predecessor", text)
        return
    before = by_number.get(link.number - 1, ())
    if not before or any(link.previous in {each.manifest_sum, each.begun_sum} - {""} for each in before):
        return
    first = before[0]
    if first.manifest_sum:
        text = f"{link.name} followed another one than {first.name}, which was changed or replaced since"
        yield ChainFinding("predecessor", text)
    else:
        yield ChainFinding("deleted", f"{first.name} had been stored when {link.name} began, and is gone")


def _list(links: Iterable[Link]) -> str:
    return " and ".join(link.run_id for link in links)


@dataclass(frozen=True, slots=True)
class _Place:
    """The part of ``run.json`` and of a begun record that makes the chain; all else is left unread."""

    __pydantic_config__ = ConfigDict(extra="ignore", strict=True)
    run_id: str
    facility: str
    started: str
    schema: str
    number: int | None = None
    previous: str = ""
    was_interrupted: bool = False
    origin: str = "measured"


PLACE = TypeAdapter(_Place)


def _names(place: Path) -> set[str]:
    folders = place.iterdir() if place.is_dir() else ()
    stored = {path.name for path in folders if is_run(path)}
    return stored | {path.stem for path in list_begun(place)}


def is_run(entry: Path) -> bool:
    """Whether a folder is a stored run, intact or not."""
    is_folder = entry.is_dir() and not entry.is_symlink()
    return is_folder and RUN_ID.fullmatch(entry.name) is not None and (entry / MANIFEST).is_file()


def _read(place: Path, run_id: str, findings: list[ChainFinding]) -> Link:
    record = begun_file(place, run_id)
    begun = _read_place(record, run_id, findings) if record.exists() or record.is_symlink() else None
    stored = _read_stored(place / run_id, findings) if is_run(place / run_id) else None
    if begun and stored:
        findings.extend(_compare(begun, stored))
    known = stored or begun or _Place(run_id, place.name, "", UNNUMBERED_SCHEMA)
    return Link(
        run_id=run_id,
        facility=known.facility,
        number=known.number,
        previous=known.previous,
        started=known.started,
        begun_sum=sum_file(record) if begun else "",
        manifest_sum=sum_file(place / run_id / MANIFEST) if is_run(place / run_id) else "",
        was_interrupted=known.was_interrupted,
        is_imported=known.origin == "imported",
        refusal=_read_refusal(place, run_id, findings),
    )


def _read_refusal(place: Path, run_id: str, findings: list[ChainFinding]) -> str:
    """Why a run was refused before its first case; empty if it does not say so, or can't be believed."""
    file = refused_file(place, run_id)
    if not (file.exists() or file.is_symlink()):
        return ""
    try:
        refused = read_refused(file)
    except BadInputError:
        findings.append(ChainFinding("unreadable", f"run {run_id}: {file.name} can't be read"))
        return ""
    record = begun_file(place, run_id)
    if not record.is_file() or sum_file(record) != refused.begun_sha256:
        findings.append(ChainFinding("record", f"run {run_id} was refused with another record than it began"))
        return ""
    if is_run(place / run_id):
        findings.append(ChainFinding("record", f"run {run_id} was refused before its first case, and stored"))
    return refused.reason


def _read_stored(path: Path, findings: list[ChainFinding]) -> _Place | None:
    found = _read_place(path / RUN_FILE, path.name, findings)
    if found is None:
        return None
    sums, _ = read_sums((path / MANIFEST).read_text(encoding="utf-8", errors="replace"))
    if sums.get(RUN_FILE) != sum_file(path / RUN_FILE):
        findings.append(ChainFinding("unreadable", f"run {path.name}: {RUN_FILE} was changed"))
    if found.number is None and found.schema != UNNUMBERED_SCHEMA:
        findings.append(ChainFinding("unnumbered", f"run {path.name} has no number"))
    return found


def _read_place(file: Path, run_id: str, findings: list[ChainFinding]) -> _Place | None:
    try:
        found = PLACE.validate_json(read_regular(file))
    except (OSError, ValidationError):
        findings.append(ChainFinding("unreadable", f"run {run_id}: {file.name} can't be read"))
        return None
    if found.run_id != run_id or (found.number is not None and found.number < 1):
        findings.append(ChainFinding("unreadable", f"run {run_id}: {file.name} is that of {found.run_id!r}"))
        return None
    return found


def _compare(begun: _Place, stored: _Place) -> Iterator[ChainFinding]:
    keys = ("facility", "number", "previous", "started")
    differing = [key for key in keys if getattr(begun, key) != getattr(stored, key)]
    if differing:
        what = ", ".join(differing)
        yield ChainFinding("record", f"run {stored.run_id}: {what} differ from the record that it began")
