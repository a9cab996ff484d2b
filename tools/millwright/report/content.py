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
from millwright.report.imported import Imported

SCHEMA: Final = "millwright-report/1"

VERDICTS = tuple(Verdict)

Outcome = Literal["clear", "noted", "blocked", "undecided", "unscored"]
"""Of the scored values: all pass and nothing else fails or is missing; all pass, but an informative value
does not; one failed; one is not decided yet; or nothing is scored."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What ``n`` samples say of one quantity."""

    n: int
    median: float
    low: float | None
    """Lower end of the distribution-free 95 % interval of the median; None if n is too small for one."""
    high: float | None
    minimum: float
    maximum: float
    mad: float
    """Median absolute deviation from the median, unscaled."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a metric is judged against."""

    value: float
    tolerance: float
    """Share of the value by which a measurement may miss it, 0 to 1."""
    limit: float
    """The value less (or, where lower is better, plus) its tolerance."""
    source: str
    kind: str
    date: str


@dataclass(frozen=True, slots=True)
class Series:
    """All samples of one metric in one place."""

    node: str
    device: str
    verdict: Verdict | None
    """None if nothing was committed, so that there is nothing to judge."""
    estimate: Estimate
    samples: tuple[float, ...]
    evidence: tuple[str, ...]
    """Paths within the run folder."""


@dataclass(frozen=True, slots=True)
class Share:
    """The nodes of a row that got one verdict."""

    verdict: Verdict | None
    count: int
    nodes: str
    """Folded node set."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why values are hard to believe that count."""

    nodes: str
    """Folded node set."""
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the scorecard: a metric of a check that was expected."""

    check: str
    parameters: str
    """Of the check's variant; empty if it has none."""
    environment: str
    """ReFrame's environment that measured; empty if none did, or it was not kept."""
    variant: str
    """The check with its parameters, and its environment if another one measured the same."""
    metric: str
    says: str
    unit: str
    better: Literal["higher", "lower"]
    scored: bool
    """False: the verdict informs and does not count towards acceptance."""
    emulated: bool
    verdict: Verdict | None
    """The worst verdict of all places; None if nothing was committed."""
    reason: str
    more_repetitions: int | None
    """Further repetitions that would decide an INCONCLUSIVE, where that can be said."""
    reference: Reference | None
    deciding_node: str
    """The place whose interval the verdict rests on: the worst one; empty if nothing was measured."""
    estimate: Estimate | None
    """Estimate at the deciding place."""
    margin: float | None
    """Distance of the interval's bad end from the limit as a share of the limit; negative misses it."""
    nodes_measured: int
    nodes_expected: int
    nodes_missing: str
    """Folded set of the places without a value; empty if none is missing."""
    shares: tuple[Share, ...]
    """The nodes by verdict, the worst first; one where all agree."""
    series: tuple[Series, ...]
    evidence: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()
    statistic: str = "median"
    """What of the repetitions is judged: median, worst, every, quantile or defects."""
    value: float | None = None
    """What the statistic is at the deciding place; None where nothing was measured or committed."""
    deviation: float | None = None
    """Distance of `value` from the committed value as a share of it; negative is worse."""
    rule: str = ""
    """What decides, in words: statistic, repetitions, rule for the nodes; empty without a reference."""
    nodes_to_swap: str = ""
    """Folded set of the nodes that miss the limit; empty for none."""
    p_fail: float | None = None
    """p-value of a FAIL after Holm; None for a rule without chance."""
    clause: str = ""
    lot: str = ""
    foreign: str = ""
    """Name of the suite, if others wrote the check."""


@dataclass(frozen=True, slots=True)
class Group:
    """A partition, or an antenna, with what was expected of it."""

    kind: Literal["partition", "antenna"]
    name: str
    title: str
    nodes: str
    emulated: bool
    rows: tuple[Row, ...]


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
class AccessRow:
    """What an antenna's accounts were granted, used and have left in one access mode."""

    antenna: str
    """Empty where the accounts belong to no antenna."""
    access_mode: str
    unit: str
    hardware: str
    """Node class that the hours are of: hours of two node classes are two things."""
    accounts: int
    granted: float | None
    """None if not all of it was granted."""
    used: float
    left: float | None
    """None if it is not known."""
    small_share: float | None
    """Share of SMEs and start-ups in what was used, 0 to 1; None if nothing was used."""
    used_in_reference: float | None = None
    """What was used in the facility's reference unit; None if it can't be converted."""


@dataclass(frozen=True, slots=True)
class UnionRow:
    """The Union's part of one kind of hour, or of all in the reference unit."""

    unit: str
    used: float
    of_used: float | None
    """Share in what was used, 0 to 1; None if nothing was used."""
    of_existing: float
    """Share in the hours that the machine's nodes had in the period."""
    declared: float
    ceiling: float
    is_above_ceiling: bool


@dataclass(frozen=True, slots=True)
class Access:
    """Who used how much of the machine's time, from slurmdbd."""

    begin: str
    end: str
    rows: tuple[AccessRow, ...]
    union: tuple[UnionRow, ...]
    not_added: str
    """Why the kinds of hour have no common sum; empty if they have one, or there is one kind."""
    unknown: tuple[str, ...]
    """Time that enters no figure, and why."""
    problem: str
    """Why slurmdbd was not heard; empty if it was."""
    evidence: tuple[str, ...]
    reference_unit: str = ""
    """Unit into which hours of several kinds are converted; empty if the facility declares none."""


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
class ForeignValue:
    """Repetitions of a value of a foreign check that the facility does not expect."""

    metric: str
    unit: str
    """As the check stated it."""
    node: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class ForeignCheck:
    """A variant of a check that others wrote, on one partition and in one environment."""

    group: str
    check: str
    """With the suite's name as prefix."""
    parameters: str
    variant: str
    environment: str
    state: str
    """`counted`, `missed its own reference`, `not counted` or `never ended`."""
    detail: str
    values: tuple[ForeignValue, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignSuite:
    """A suite of checks that others wrote, run as they are under the ReFrame that it needs."""

    name: str
    title: str
    reframe: str
    """Version; empty if nothing of the suite could start."""
    python: str
    packages: tuple[str, ...]
    checks_sha256: str
    repeat: int
    checks: tuple[ForeignCheck, ...]
    unloaded: tuple[str, ...]
    """Files of checks that ReFrame could not load."""


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
