"""The scorecard's rows: one for each expected metric, with every series behind it."""

from collections.abc import Iterable, Iterator

from millwright.capacity.assessment import Assessment
from millwright.core.node_sets import NodeSetError, fold
from millwright.core.verdict import WORST_FIRST
from millwright.report.judged import Doubt, Estimate, Group, Reference, Row, Series, Share
from millwright.results.evidence import Origin
from millwright.results.runs import Run
from millwright.statistics.interval import Interval
from millwright.verdicts.reference import Reference as JudgedReference
from millwright.verdicts.scorecard import Rollup
from millwright.verdicts.scorecard import Row as JudgedRow


def name_nodes(nodes: Iterable[str]) -> str:
    """Nodes as one folded set, or side by side where a name is none that folds."""
    unique = tuple(dict.fromkeys(nodes))
    try:
        return fold(unique) if unique else ""
    except NodeSetError:
        return ", ".join(unique)


def list_groups(assessment: Assessment) -> tuple[Group, ...]:
    """Every partition and antenna in the order of the facility file, even where nothing is expected."""
    facility, citations = assessment.facility, Citations(assessment.run)
    partitions = (
        Group(
            kind="partition",
            name=name,
            title=partition.title or "",
            nodes=partition.nodes,
            emulated=facility.is_emulated(name),
            rows=tuple(_rows_of(assessment, citations, name)),
        )
        for name, partition in facility.partitions.items()
    )
    antennas = (
        Group(
            "antenna",
            name,
            antenna.title,
            antenna.gateway,
            emulated=False,
            rows=tuple(_rows_of(assessment, citations, name)),
        )
        for name, antenna in facility.antennas.items()
    )
    return (*partitions, *antennas)


def to_estimate(interval: Interval) -> Estimate:
    """The interval as the report holds it."""
    return Estimate(
        n=interval.n,
        median=interval.median,
        low=interval.low,
        high=interval.high,
        minimum=interval.minimum,
        maximum=interval.maximum,
        mad=interval.mad,
    )


def _rows_of(assessment: Assessment, citations: "Citations", group: str) -> Iterator[Row]:
    return (_row(citations, rollup) for rollup in assessment.scorecard.rollups if rollup.partition == group)


def _row(citations: "Citations", rollup: Rollup) -> Row:
    expectation = rollup.deciding.expectation
    judgement = rollup.deciding.judgement
    shown = _shown(rollup)
    series = tuple(_series(citations, row) for row in rollup.rows if row.is_measured)
    missing = [row for row in rollup.rows if not row.is_measured]
    places = {row.expectation.place for row in rollup.rows}
    measured = {row.expectation.place for row in rollup.rows if row.is_measured}
    return Row(
        check=rollup.check,
        parameters=rollup.parameters,
        environment=rollup.environment,
        variant=rollup.variant,
        metric=rollup.metric,
        says=expectation.definition.label,
        unit=expectation.definition.unit,
        better="higher" if expectation.definition.better == "higher" else "lower",
        scored=expectation.reference is not None and expectation.reference.commitment_class == "scored",
        emulated=any(row.emulated for row in rollup.rows),
        verdict=rollup.verdict,
        reason=rollup.reason,
        more_repetitions=judgement.more_repetitions,
        reference=_reference(expectation.reference) if expectation.reference else None,
        deciding_node=f"{shown.node} {shown.device}".strip() if shown else "",
        estimate=to_estimate(shown.judgement.interval) if shown and shown.judgement.interval else None,
        margin=shown.judgement.margin if shown else None,
        nodes_measured=len(measured),
        nodes_expected=len(places),
        nodes_missing=name_nodes(row.expectation.place for row in missing),
        shares=tuple(_shares(rollup)),
        series=series,
        evidence=tuple(dict.fromkeys(path for one in series for path in one.evidence)),
        doubts=tuple(_doubts(rollup)),
        statistic=expectation.reference.statistic.value if expectation.reference else "median",
        value=shown.judgement.value if shown else None,
        deviation=shown.judgement.deviation if shown else None,
        rule=describe_judging(rollup),
        nodes_to_swap=rollup.fleet.to_swap if rollup.fleet else "",
        p_fail=rollup.family.p_fail_holm if rollup.family else None,
        clause=expectation.reference.clause if expectation.reference else "",
        lot=expectation.reference.lot if expectation.reference else "",
        foreign=rollup.suite,
    )


def describe_judging(rollup: Rollup) -> str:
    """What decides a requirement, as it was fixed beforehand; empty if nothing is committed."""
    reference = rollup.deciding.expectation.reference
    if reference is None:
        return ""
    name = reference.statistic.value + (f" {reference.quantile:g}" if reference.quantile else "")
    parts = [name]
    if reference.minimum_n:
        parts.append(f"at least {reference.minimum_n} repetitions")
    if reference.maximum_n:
        parts.append(f"at most {reference.maximum_n} repetitions")
    if reference.few_runs != "inconclusive":
        parts.append(f"below 6 repetitions: {reference.few_runs.value}")
    if rollup.fleet:
        parts.append(rollup.fleet.rule)
    if rollup.family:
        parts.append(f"FAIL at p ≤ 0.05 after Holm over {rollup.family.size}")
    return "; ".join(parts)


def _doubts(rollup: Rollup) -> Iterator[Doubt]:
    nodes: dict[str, list[str]] = {}
    for row in rollup.rows:
        for reason in row.doubts:
            nodes.setdefault(reason, []).append(row.node)
    yield from (Doubt(name_nodes(found), reason) for reason, found in nodes.items())


def _shares(rollup: Rollup) -> Iterator[Share]:
    for verdict in (*WORST_FIRST, None):
        nodes = tuple(dict.fromkeys(row.node for row in rollup.rows if row.judgement.verdict == verdict))
        if nodes:
            yield Share(verdict, len(nodes), name_nodes(nodes))


def _shown(rollup: Rollup) -> JudgedRow | None:
    """The row whose numbers are in the scorecard: the deciding one, else the one with the worst median."""
    if rollup.deciding.is_measured:
        return rollup.deciding
    measured = [row for row in rollup.rows if row.is_measured]
    sign = 1 if rollup.deciding.expectation.definition.better == "higher" else -1

    def goodness(row: JudgedRow) -> float:
        return sign * row.judgement.interval.median if row.judgement.interval else 0.0

    return min(measured, key=goodness, default=None)


def _series(citations: "Citations", row: JudgedRow) -> Series:
    interval = row.judgement.interval
    if interval is None:
        message = f"{row.expectation.check} {row.expectation.metric} of {row.node} has values and no interval"
        raise ValueError(message)
    return Series(
        node=row.node,
        device=row.device,
        verdict=row.judgement.verdict,
        estimate=to_estimate(interval),
        samples=tuple(map(float, row.values)),
        evidence=citations.cite(row),
    )


def _reference(reference: JudgedReference) -> Reference:
    return Reference(
        value=reference.value,
        tolerance=reference.tolerance,
        limit=reference.limit,
        source=reference.source,
        kind=reference.kind.value,
        date=reference.date.isoformat(),
    )


class Citations:
    """The cases of a run, so that each row finds its own without a look at all nodes of all jobs."""

    def __init__(self, run: Run) -> None:
        """Sort the run's counted cases by what they measured, and then by node."""
        self._by_node: dict[tuple[str, ...], dict[str, list[Origin]]] = {}
        self._all: dict[tuple[str, ...], list[Origin]] = {}
        self._found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for counted in run.counted:
            origin = counted.origin
            variant = (origin.partition, origin.check, origin.parameters, origin.environment)
            for metric in counted.metrics:
                self._all.setdefault((*variant, metric), []).append(origin)
                places = self._by_node.setdefault((*variant, metric), {})
                for node in origin.nodes:
                    places.setdefault(node, []).append(origin)

    def cite(self, row: JudgedRow) -> tuple[str, ...]:
        """Raw files of the cases that measured a row, in the order of the run folder.

        Those of the jobs on the row's nodes; if no job names one of them (a machine measured under
        another of its names), those of every case that printed the metric.
        """
        e = row.expectation
        key = (e.partition, e.check, e.parameters, row.environment, e.metric)
        if (*key, e.place) not in self._found:
            self._found[*key, e.place] = self._find(key, e.nodes)
        return self._found[*key, e.place]

    def _find(self, key: tuple[str, ...], nodes: Iterable[str]) -> tuple[str, ...]:
        places = self._by_node.get(key, {})
        near = dict.fromkeys(origin for node in nodes for origin in places.get(node, ()))
        origins = self._all.get(key, [])
        return _files([origin for origin in origins if origin in near] if near else origins)


def _files(origins: list[Origin]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for origin in origins for path in origin.files))
