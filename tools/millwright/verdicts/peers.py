"""The verdict on nodes beside their peers: the other nodes of their class, by their newest values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from millwright.checks.declaration import Better, Scope
from millwright.checks.naming import name_variant
from millwright.checks.registry import Registry
from millwright.core.node_sets import fold
from millwright.core.verdict import Verdict
from millwright.results.samples import Series
from millwright.statistics.interval import median_interval
from millwright.statistics.outliers import FEWEST_PEERS, Standing, standing
from millwright.statistics.spread import Group, are_spread, find_groups

THRESHOLD = 0.05
"""Share of the peers' median by which a node may be worse, unless told otherwise."""

Measure = tuple[str, str, str, str, str]
"""Check, parameters, environment, metric and unit."""
PeerValues = Mapping[Measure, Mapping[str, Sequence[float]]]
"""For each measure, every node's medians, one a device."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of one node (or of one of its devices) beside its peers."""

    node: str
    device: str
    check: str
    parameters: str = field(default="", kw_only=True)
    environment: str = field(default="", kw_only=True)
    metric: str
    unit: str
    value: float
    """Median of the node's repetitions."""
    peers: int
    median: float | None
    """Of the peers; None if they are too few."""
    shortfall: float | None
    """Share of the peers' median by which the node is worse; None if they are too few, or it is 0."""
    verdict: Verdict
    """PASS, FAIL or INCONCLUSIVE."""
    groups: tuple[Group, ...] = ()
    """Nodes whose values are close together, if the peers are too far apart to judge one by them."""

    @property
    def says(self) -> str:
        """The comparison in words."""
        device = f" of {self.device}" if self.device else ""
        what = f"{name_variant(self.check, self.parameters)} {self.metric}{device}"
        told = f"{what} {self.value:.4g} {self.unit}"
        if self.median is None:
            return f"{told}: {self.peers} peers are too few to compare with, {FEWEST_PEERS} needed"
        if self.groups:
            parts = ", ".join(f"{fold(g.names)} at {g.low:.4g} to {g.high:.4g}" for g in self.groups)
            return f"{told}: {self.peers} peers are too far apart to judge one by them: {parts}"
        if self.shortfall is None and self.verdict is Verdict.PASS:
            return f"{told}: no worse than the median of {self.peers} peers, 0"
        if self.shortfall is None:
            why = "of which no share tells whether that matters"
            return f"{told}: worse than the median of {self.peers} peers, 0, {why}"
        side = "worse" if self.shortfall > 0 else "better"
        share = f"{abs(self.shortfall):.1%} {side}"
        return f"{told}: {share} than the median of {self.peers} peers, {self.median:.4g}"


def compare(
    own: Iterable[Series], others: PeerValues, registry: Registry, threshold: float = THRESHOLD
) -> tuple[Comparison, ...]:
    """Compare each node's series with the same measure of all other nodes of its class.

    `own` are the nodes under judgement, all of one class, who are each other's peers too; their values
    replace those that `others` holds of them. `registry` says which metrics are a node's.
    """
    mine = tuple(series for series in own if _is_of_a_node(series, registry))
    pool: dict[Measure, dict[str, list[float]]] = {}
    for measure, nodes in others.items():
        pool[measure] = {node: list(values) for node, values in nodes.items()}
    for measure, node in {(_measure(series), series.node) for series in mine}:
        pool.setdefault(measure, {})[node] = []
    for series in mine:
        pool[_measure(series)][series.node].append(_median(series))
    return tuple(_compare(series, pool[_measure(series)], registry, threshold) for series in mine)


def newest_values(
    runs: Iterable[Iterable[Series]], nodes: Iterable[str], registry: Registry
) -> dict[Measure, dict[str, list[float]]]:
    """Each node's medians from the newest run that measured it; `runs` come newest first."""
    wanted = frozenset(nodes)
    found: dict[Measure, dict[str, list[float]]] = {}
    for run in runs:
        fresh: dict[tuple[Measure, str], list[float]] = {}
        for series in run:
            if series.node in wanted and _is_of_a_node(series, registry):
                fresh.setdefault((_measure(series), series.node), []).append(_median(series))
        for (measure, node), values in fresh.items():
            found.setdefault(measure, {}).setdefault(node, values)
    return found


def _compare(
    series: Series, pool: Mapping[str, Sequence[float]], registry: Registry, threshold: float
) -> Comparison:
    peers = list(_values_of_others(series.node, pool))
    nodes = sum(bool(values) and node != series.node for node, values in pool.items())
    metric = registry.metric(series.check, series.metric)
    higher = metric is None or metric.better is Better.HIGHER
    value = _median(series)
    # Devices of one node are no independent peers: the nodes must be many enough.
    by_node = {node: median(values) for node, values in pool.items() if values}
    is_spread = nodes >= FEWEST_PEERS and are_spread(by_node, threshold)
    found = (
        standing(value, peers, higher_is_better=higher, threshold=threshold)
        if nodes >= FEWEST_PEERS
        else None
    )
    return Comparison(
        node=series.node,
        device=series.device,
        check=series.check,
        parameters=series.parameters,
        environment=series.environment,
        metric=series.metric,
        unit=series.unit,
        value=value,
        peers=nodes,
        median=found.median if found else None,
        shortfall=found.shortfall if found else None,
        verdict=Verdict.INCONCLUSIVE if is_spread else _verdict(found),
        groups=find_groups(by_node, threshold) if is_spread else (),
    )


def _verdict(found: Standing | None) -> Verdict:
    if found is None or found.stands_apart is None:
        return Verdict.INCONCLUSIVE
    return Verdict.FAIL if found.stands_apart else Verdict.PASS


def _values_of_others(node: str, pool: Mapping[str, Sequence[float]]) -> Iterator[float]:
    for other, values in pool.items():
        if other != node:
            yield from values


def _is_of_a_node(series: Series, registry: Registry) -> bool:
    metric = registry.metric(series.check, series.metric)
    return metric is not None and metric.scope is Scope.NODE


def _measure(series: Series) -> Measure:
    return (series.check, series.parameters, series.environment, series.metric, series.unit)


def _median(series: Series) -> float:
    return median_interval(series.values).median
