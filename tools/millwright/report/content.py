"""What a capacity report says, as frozen data: the one boundary between judging and rendering.

Everything on the page comes from :class:`ReportContent`, and ``report.json`` is exactly its
serialisation. Values are unrounded and in the unit that is beside them; times are ISO 8601 in UTC.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pydantic import ConfigDict

from millwright.core.verdict import Verdict
from millwright.report.access import Access
from millwright.report.comparison import Comparison
from millwright.report.figure_sets import FigureSet
from millwright.report.foreign import ForeignSuite
from millwright.report.front import Front
from millwright.report.imported import Imported
from millwright.report.judged import Group
from millwright.report.machine import Machine

SCHEMA: Final = "millwright-report/1"

VERDICTS = tuple(Verdict)

Outcome = Literal["clear", "noted", "blocked", "undecided", "unscored"]
"""Of the scored values: all pass and nothing else fails or is missing; all pass, but an informative value
does not; one failed; one is not decided yet; or nothing is scored."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next, and for which values."""

    kind: Literal["resolve", "repeat", "measure"]
    group: str
    check: str
    metrics: tuple[str, ...]
    scored: bool
    detail: str
    more_repetitions: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The summary that a buyer reads first."""

    outcome: Outcome
    expected: int
    counts: dict[Verdict, int]
    unjudged: int
    """Values that were measured and have no reference."""
    scored_counts: dict[Verdict, int]
    steps: tuple[Step, ...]
    tightest: tuple[str, str, str] | None
    """Group, check and metric of the scored PASS with the smallest margin."""
    exit_code: int | None = None
    """Exit code of the command that wrote the report: 1 if a value fails, 3 if one is missing or undecided.
    None in a report of a version that did not state it."""
    swaps: tuple[str, ...] = ()
    """Nodes that miss a limit, folded, each with group, check and metric."""


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """What the measured nodes of a partition add up to."""

    group: str
    quantity: str
    unit: str
    check: str
    metric: str
    total: float
    low: float | None
    high: float | None
    nodes_measured: int
    nodes_existing: int
    devices_measured: int
    """0 if nodes were measured as a whole."""
    peak: float | None
    """Published peak of one device in ``unit``; None if it is not known."""
    peak_share: float | None
    """Total over the peak of the measured devices, 0 to 1."""
    peak_source: str
    """Where the peak comes from, or why there is none."""
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Values that do not enter a capacity figure."""

    group: str
    what: str
    nodes: str
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An expected value that was not measured, wholly or on some nodes."""

    group: str
    check: str
    metric: str
    nodes: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A result that ran and was refused, for example because its job failed."""

    group: str
    check: str
    case: str
    node: str
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A node or a whole session that could not take part."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of the run folder that stands behind a number."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Session:
    """One ReFrame session of the run."""

    seat: str
    """The place ReFrame was started from."""
    id: str
    host: str
    reframe: str
    started: str
    finished: str
    cases: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the numbers come from and how anyone can check that."""

    started: str
    finished: str
    sessions: tuple[Session, ...]
    versions: dict[str, str]
    host: dict[str, str]
    """Facts of the machine that gathered the run."""
    manifest_sha256: str
    signature: Literal["good", "unknown signer", "bad", "unsigned", "not checked"]
    signature_detail: str
    facility_file: str
    facility_sha256: str
    catalogue_sha256: str
    run_folder: str
    rendered_by: str
    """Version of Millwright that made the report; the one that ran the checks is in ``versions``."""
    evidence: tuple[EvidenceFile, ...]


@dataclass(frozen=True, slots=True)
class ChainNote:
    """The run's place among all runs of its facility."""

    number: int | None
    """None for a run that was stored before its facility's runs were chained."""
    newest: int | None
    """Highest number of the chain."""
    never_stored: tuple[str, ...]
    """Runs that began and were never stored."""
    interrupted: tuple[str, ...]
    breaks: tuple[str, ...]
    """What was deleted, replaced or does not belong there, in words."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Values that the facility expects and this run was not asked for."""

    group: str
    check: str
    values: int


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that one report says."""

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)
    schema: Literal["millwright-report/1"]
    facility: str
    title: str
    kind: Literal["physical", "virtual"]
    run_id: str
    generated: str
    """The run's finish, never the clock: equal inputs make equal reports."""
    decision: Decision
    groups: tuple[Group, ...]
    capacity: tuple[CapacityRow, ...]
    access: Access | None
    """None if the run did not ask slurmdbd."""
    excluded: tuple[Exclusion, ...]
    missing: tuple[Missing, ...]
    rejected: tuple[Rejected, ...]
    unavailable: tuple[Unavailable, ...]
    provenance: Provenance
    chain: ChainNote | None = None
    """None if only the run itself is known."""
    left_out: tuple[LeftOut, ...] = ()
    imported: tuple[Imported, ...] = ()
    foreign: tuple[ForeignSuite, ...] = ()
    """Checks that others wrote; values of them that the facility expects are in the groups too."""
    front: Front | None = None
    """None in a report of a version that did not state it."""
    machines: tuple[Machine, ...] = ()
    figures: tuple[FigureSet, ...] = ()
    """Computed from described inputs or simulated; never measured."""
    comparisons: tuple[Comparison, ...] = ()


def to_json(content: ReportContent) -> str:
    """The content as JSON text; equal contents give equal bytes.

    Raises :exc:`ValueError` for a number that is not finite: no report states one.
    """
    return json.dumps(asdict(content), ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def sha256_of(text: str) -> str:
    """SHA-256 of a text as it is written to a file, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def inert_in_html(json_text: str) -> str:
    """The same JSON in a form that ends no element and opens no comment inside a page."""
    return json_text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
