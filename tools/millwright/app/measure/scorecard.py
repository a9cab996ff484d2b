"""The verdicts of a run in declared form, as ``run`` and ``results show`` print them."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from millwright.app.document import Document, Part
from millwright.core.verdict import Verdict
from millwright.verdicts.foreign import ForeignRow as JudgedForeignRow
from millwright.verdicts.foreign import ForeignState
from millwright.verdicts.scorecard import Rollup as JudgedRollup
from millwright.verdicts.scorecard import Scorecard

P = TypeVar("P", bound=Part)

Values = Annotated[tuple[float, ...], BeforeValidator(lambda values: tuple(map(float, values)))]


class MetricDefinition(Part):
    """One measured quantity of a check."""

    unit: str
    better: str
    """``higher`` or ``lower``."""
    scope: str
    """One series a ``node``, ``partition`` or ``antenna``."""
    label: str
    """The value's meaning, as the report prints it."""
    adds_up_to: str | None
    """Quantity that a partition's capacity sums up from this metric; null for none."""


class Reference(Part):
    """A committed value."""

    value: float
    unit: str
    tolerance: float
    """Share of the value by which a measurement may miss it, 0 to 1."""
    limit: float
    """The value less its tolerance, or plus it if lower is better; in ``unit``."""
    better: str
    source: str
    kind: str
    """How the value is known: read, secondary or derived."""
    date: datetime.date
    commitment_class: str
    statistic: str = "median"
    """What of the repetitions has to meet the limit: median, worst, every, quantile or defects."""
    quantile: float | None = None
    """The quantile that is judged, 0 to 1; null for another statistic."""
    minimum_n: int | None = None
    maximum_n: int | None = None
    """Most repetitions that were agreed; null for any number."""
    few_runs: str = "inconclusive"
    """What decides below 6 repetitions."""
    clause: str = ""
    lot: str = ""


class Expectation(Part):
    """One expected value."""

    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str
    """Of the check's variant (``size=L2``); empty if it has none."""
    metric: str
    place: str
    """Node, folded node set of the partition, or the antenna's gateway."""
    nodes: tuple[str, ...]
    definition: MetricDefinition
    reference: Reference | None
    """Null if nothing is committed: the value is measured and not judged."""
    emulated: bool
    devices: int | None
    """Accelerators that each node has; null if its class names none."""


class Interval(Part):
    """Repeated measurements of one quantity, in the metric's unit."""

    n: int
    median: float
    low: float | None
    """Lower end of the median's 95 % interval; null if ``n`` is too small for one."""
    high: float | None
    minimum: float
    maximum: float
    mad: float
    """Median absolute deviation from the median, not scaled."""


class Judgement(Part):
    """A verdict and its grounds."""

    verdict: Verdict | None
    """Null for a value without a reference."""
    interval: Interval | None
    """Null if nothing was measured."""
    reason: str
    more_repetitions: int | None
    """For INCONCLUSIVE: further repetitions that would decide; null if repeating does not help."""
    margin: float | None
    """Distance from the limit to the value that decides PASS (the bad end of a median).

    It is a share of the limit; negative misses it."""
    statistic: str | None = None
    """The statistic that was judged; null without a reference or a value."""
    value: float | None = None
    """What the statistic is of these repetitions."""
    deviation: float | None = None
    """Distance of ``value`` from the committed value, as a share of it; negative is worse."""
    misses: int | None = None
    """Repetitions that miss the limit."""
    p_fail: float | None = None
    """How likely so many misses are if the limit is met; null for a rule without chance."""


class Row(Part):
    """One expected value in one place, and its measurements."""

    expectation: Expectation
    node: str
    """Node or folded node set that was measured; the expected place if none was."""
    device: str
    environment: str
    values: Values
    judgement: Judgement
    emulated: bool
    doubts: tuple[str, ...] = ()
    """Why the values are hard to believe, although they count."""


class FleetVerdict(Part):
    """The nodes of one requirement by verdict, and the rule that adds them up."""

    rule: str
    verdict: Verdict
    """By the rule alone, before the correction for the number of scored values."""
    reason: str
    nodes: int
    passed: int
    failed: int
    undecided: int
    missing: int
    to_swap: str
    """Folded set of the nodes that miss the limit; empty for none."""
    allowed: int
    """Nodes that may miss the limit."""


class FamilyPlace(Part):
    """The correction of a FAIL for the number of scored values."""

    lot: str
    """The lot whose scored values are the family; empty for those without one."""
    size: int
    p_fail: float
    """How likely the misses are if no more nodes miss than may."""
    p_fail_holm: float
    """The same after Holm; a FAIL needs at most 0.05."""
    fewest_repetitions: int
    """Repetitions of each node below which nothing in this family can FAIL."""


class Rollup(Part):
    """All places of one metric of a check on one partition or antenna."""

    partition: str
    check: str
    parameters: str
    environment: str
    """ReFrame's environment that measured; empty if none did, or it was not kept."""
    metric: str
    verdict: Verdict | None
    """By the rule for the fleet, corrected within its family; null if nothing was committed."""
    reason: str = ""
    fleet: FleetVerdict | None = None
    """Null for a value that is no node's, or has no reference."""
    family: FamilyPlace | None = None
    """Null for a value that is not scored, or that no chance decides."""
    variant: str
    """The check with its parameters, and its environment if another one measured the same."""
    deciding: Row
    """The row that the verdict rests on."""
    places: int
    """Rows of this metric, among which the deciding one is the worst."""


class Series(Part):
    """Repetitions of one metric in one place."""

    partition: str
    check: str
    parameters: str
    """Of the check's variant, in canonical form; empty if it has none."""
    environment: str
    """ReFrame's environment that built and ran the check."""
    metric: str
    unit: str
    node: str
    device: str
    values: Values
    emulated: bool


class Origin(Part):
    """The case of ReFrame behind some values, and its raw files."""

    seat: str
    """Where ReFrame was started: harness or user."""
    partition: str
    check: str
    parameters: str
    environment: str
    case: str
    run_index: int
    job_id: str
    """Empty if no job started."""
    nodes: tuple[str, ...]
    nodes_left_out: tuple[tuple[str, str], ...]
    """Nodes that took no job, each with the reason."""
    files: tuple[str, ...]
    """Raw files, by their path within the run's folder."""


class Rejected(Part):
    """A case, or one place in it, that does not count."""

    origin: Origin
    reasons: tuple[str, ...]
    node: str
    """The node concerned; empty for the whole case."""
    device: str
    """The device concerned; empty for all of the node."""
    metric: str
    """The metric concerned; empty for all."""


class LeftOut(Part):
    """Values that the facility expects and the run did not set out to measure."""

    partition: str
    check: str
    values: int


class ForeignValue(Part):
    """Repetitions of a value that the facility does not expect: shown, never judged."""

    metric: str
    unit: str
    """As the check stated it."""
    node: str
    interval: Interval


class ForeignRow(Part):
    """A variant of a check that others wrote, on one partition and in one environment."""

    suite: str
    check: str
    """With the suite's name as prefix."""
    parameters: str
    variant: str
    """The check with its parameters."""
    partition: str
    environment: str
    state: ForeignState
    detail: str
    cases: int
    """How many counted."""
    values: tuple[ForeignValue, ...]


class ScorecardDocument(Document):
    """Every expected value of a run with its verdict."""

    format: str
    run_id: str
    exit_code: int
    """1 if a value failed, else 3 if one is missing or undecided, else 0."""
    rows: tuple[Row, ...]
    rollups: tuple[Rollup, ...]
    unexpected: tuple[Series, ...]
    """Measured, although the facility does not expect it."""
    rejected: tuple[Rejected, ...]
    left_out: tuple[LeftOut, ...] = ()
    """The run's limits: none of this counts as missing."""
    foreign: tuple[ForeignRow, ...] = ()
    """Checks that others wrote."""


def scorecard_fields(scorecard: Scorecard) -> dict[str, object]:
    """The arguments of a :class:`ScorecardDocument`, but for its format."""
    return {
        "run_id": scorecard.run_id,
        "exit_code": int(scorecard.exit_code),
        "rows": _parts(Row, scorecard.rows),
        "rollups": tuple(map(_rollup, scorecard.rollups)),
        "unexpected": _parts(Series, scorecard.unexpected),
        "rejected": _parts(Rejected, scorecard.rejected),
        "left_out": tuple(_left_out(scorecard)),
        "foreign": tuple(map(_foreign, scorecard.foreign)),
    }


def _left_out(scorecard: Scorecard) -> Iterator[LeftOut]:
    counts = Counter((each.partition, each.check) for each in scorecard.left_out)
    yield from (LeftOut(partition=p, check=check, values=n) for (p, check), n in counts.items())


def _foreign(row: JudgedForeignRow) -> ForeignRow:
    return ForeignRow(
        suite=row.suite,
        check=row.case.check,
        parameters=row.case.parameters,
        variant=row.variant,
        partition=row.case.partition,
        environment=row.case.environment,
        state=row.state,
        detail=row.detail,
        cases=row.cases,
        values=_parts(ForeignValue, row.values),
    )


def _parts(kind: type[P], found: Iterable[object]) -> tuple[P, ...]:
    return tuple(kind.model_validate(each, from_attributes=True) for each in found)


def _rollup(found: JudgedRollup) -> Rollup:
    return Rollup(
        partition=found.partition,
        check=found.check,
        parameters=found.parameters,
        environment=found.environment,
        metric=found.metric,
        verdict=found.verdict,
        reason=found.reason,
        fleet=FleetVerdict.model_validate(found.fleet, from_attributes=True) if found.fleet else None,
        family=FamilyPlace.model_validate(found.family, from_attributes=True) if found.family else None,
        variant=found.variant,
        deciding=Row.model_validate(found.deciding, from_attributes=True),
        places=len(found.rows),
    )
