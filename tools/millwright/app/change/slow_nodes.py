"""``millwright nodes slow``: nodes of a stored run that are slower than their peers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.run import RunRequest
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.app.regress.confirm import Repeats, confirm, load_repeats
from millwright.checks.declaration import Better, Metric, Scope, Statistic
from millwright.core.errors import ExitCode
from millwright.core.node_sets import NodeSetError, expand, fold
from millwright.regress.causes import kind_of_fact
from millwright.regress.history import SeriesKey, key_of
from millwright.results.facts import read_facts
from millwright.results.runs import Run, find_run
from millwright.results.samples import UNKNOWN_TIME
from millwright.statistics import slow_nodes
from millwright.statistics.two_looks import REPEATS

PEER_KINDS = frozenset({"firmware", "driver", "kernel", "hardware"})
"""Facts that peers must share; others may differ from node to node."""


@dataclass(frozen=True, slots=True)
class SlowRequest:
    """Which run to look at."""

    facility: str
    run: str | None = None
    """None for the newest."""
    confirm: bool = False
    """Whether what the screen caught is measured again, with some good nodes beside it."""
    folders: tuple[Path, ...] = ()
    results: Path = DEFAULT_RESULTS
    trust: Trust = field(default_factory=Trust)


class PeerGroup(Part):
    """One metric on nodes of one partition with the same recorded facts."""

    partition: str
    check: str
    """With its parameters."""
    metric: str
    device: str
    nodes: str
    state: Literal["judged", "too few nodes", "two populations"]
    screened: tuple[str, ...]
    """Nodes that the screen caught."""
    slow: tuple[str, ...]
    """Of these, what four repeats confirmed."""
    undecided: tuple[str, ...]
    """Of these, what was not repeated four times."""


class SlowNodes(Document):
    """Slow nodes of one run; nothing was drained."""

    format: Literal["millwright-nodes-slow/1"] = "millwright-nodes-slow/1"
    facility: str
    run: str
    exit_code: int
    """1 if a node is slow, 3 if one is undecided or nothing could be judged, else 0."""
    slow: tuple[str, ...]
    proposal: str
    """Command that drains the slow nodes; empty without one."""
    groups: tuple[PeerGroup, ...]


@dataclass(frozen=True, slots=True)
class _Peers:
    """Series of one metric on comparable nodes, as rates."""

    keys: tuple[SeriesKey, ...]
    rates: slow_nodes.Floats
    is_higher: bool


def find_slow(context: Context, request: SlowRequest) -> SlowNodes:
    """Screen the nodes of a run, measure again what was caught if asked to, and propose whom to drain.

    Raises :exc:`NotTrustedError` for a run that may not be relied on, and what a run raises for repeats.
    """
    name = stored_name(request.facility, request.results)
    run, _ = open_run(find_run(request.results, name, request.run), request.trust)
    peers = tuple(_peer_groups(run))
    repeats = load_repeats(request.results, name, run.info.run_id, request.trust)
    wanted = {key for each in peers for key in _to_repeat(each)}
    if request.confirm and wanted:
        measure = RunRequest(request.facility, folders=request.folders, results=request.results)
        confirm(context, measure, run.info, wanted, repeats)
        repeats = load_repeats(request.results, name, run.info.run_id, request.trust)
    groups = tuple(_judge(each, repeats) for each in peers)
    slow = tuple(sorted({node for group in groups for node in group.slow}))
    nodes = fold(slow) if slow else ""
    reason = f"slower than its peers in run {run.info.run_id}"
    return SlowNodes(
        facility=name,
        run=run.info.run_id,
        exit_code=int(_exit_code(groups, slow)),
        slow=slow,
        proposal=f'millwright nodes drain {request.facility} {nodes} --reason "{reason}"' if slow else "",
        groups=groups,
    )


def _exit_code(groups: Sequence[PeerGroup], slow: Sequence[str]) -> ExitCode:
    if slow:
        return ExitCode.FAIL
    is_judged = groups and all(group.state == "judged" and not group.undecided for group in groups)
    return ExitCode.OK if is_judged else ExitCode.NOT_TESTED


def _peer_groups(run: Run) -> Iterator[_Peers]:
    """Series of single nodes by metric, device and the facts of their nodes, with drift taken out."""
    facts = _facts_of_nodes(run)
    starts = _starts(run)
    found: dict[tuple[object, ...], list[tuple[SeriesKey, float, float]]] = defaultdict(list)
    metrics: dict[tuple[object, ...], Metric] = {}
    for number, series in enumerate(run.series):
        metric = run.registry.metric(series.check, series.metric)
        if metric is None or metric.scope is not Scope.NODE or metric.judged_by is not Statistic.MEDIAN:
            continue
        key, value = key_of(series), float(np.median(series.values))
        if metric.exact or value <= 0:
            continue
        group: tuple[object, ...] = (*key[:6], key.device, facts.get(key.node, ()))
        metrics[group] = metric
        rate = value if metric.better is Better.HIGHER else 1 / value
        found[group].append((key, rate, starts[number]))
    for group, rows in found.items():
        rates = np.array([rate for _, rate, _ in rows])
        times = np.array([start for _, _, start in rows])
        keys = tuple(key for key, _, _ in rows)
        is_higher = metrics[group].better is Better.HIGHER
        yield _Peers(keys, slow_nodes.without_drift(rates, times), is_higher)


def _starts(run: Run) -> list[float]:
    """When each series began, in microseconds; its place among all if that is not known."""
    first = run.samples.started[run.samples.offsets[:-1]]
    return [float(at if start == UNKNOWN_TIME else start) for at, start in enumerate(first.tolist())]


def _facts_of_nodes(run: Run) -> Mapping[str, tuple[str, ...]]:
    """Firmware, drivers, kernel and hardware of each node, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    for case in read_facts(run.path, (each.origin for each in run.counted)):
        for row in case.rows:
            if row.readable and row.nodes and kind_of_fact(row.name) in PEER_KINDS:
                for node in _expand(row.nodes):
                    found[node].add(f"{row.name}={row.value}")
    return {node: tuple(sorted(values)) for node, values in found.items()}


def _expand(nodes: str) -> tuple[str, ...]:
    try:
        return expand(nodes)
    except NodeSetError:
        return (nodes,)


def _state(peers: _Peers) -> Literal["judged", "too few nodes", "two populations"]:
    if len(peers.keys) < slow_nodes.FEWEST:
        return "too few nodes"
    return "two populations" if slow_nodes.are_two_populations(peers.rates) else "judged"


def _to_repeat(peers: _Peers) -> Iterator[SeriesKey]:
    caught = slow_nodes.screen(peers.rates)
    if _state(peers) == "judged" and caught.any():
        yield from (peers.keys[at] for at in np.flatnonzero(caught))
        yield from (peers.keys[at] for at in slow_nodes.choose_controls(peers.rates, caught))


def _judge(peers: _Peers, repeats: Repeats) -> PeerGroup:
    state = _state(peers)
    caught = (
        slow_nodes.screen(peers.rates) if state == "judged" else np.zeros(len(peers.keys), dtype=np.bool_)
    )
    values = repeats.values()

    def again(at: int) -> list[float]:
        given = values.get(peers.keys[at], ())
        return [value if peers.is_higher else 1 / value for value in given if value > 0]

    controls = [rate for at in slow_nodes.choose_controls(peers.rates, caught) for rate in again(int(at))]
    decided = [int(at) for at in np.flatnonzero(caught) if controls and len(again(int(at))) == REPEATS]
    slow: list[int] = []
    if decided:
        table = np.array([again(at) for at in decided])
        flags = slow_nodes.confirmed(table, np.array(controls), peers.rates)
        slow = [at for at, is_slow in zip(decided, flags.tolist(), strict=True) if is_slow]
    first = peers.keys[0]
    names = [key.node for key in peers.keys]
    return PeerGroup(
        partition=first.partition,
        check=first.variant,
        metric=first.metric,
        device=first.device,
        nodes=fold(names),
        state=state,
        screened=tuple(names[at] for at in np.flatnonzero(caught)),
        slow=tuple(names[at] for at in slow),
        undecided=tuple(names[at] for at in np.flatnonzero(caught) if int(at) not in decided),
    )
