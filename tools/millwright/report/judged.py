"""What the report states of each judged value: the scorecard's rows and every series behind them."""

from dataclasses import dataclass
from typing import Literal

from millwright.core.verdict import Verdict


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
