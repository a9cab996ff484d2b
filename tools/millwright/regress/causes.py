"""Where a series changed its level, and what was changed before: hosts, firmware, drivers, the product."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from millwright.core.node_sets import NodeSetError, expand
from millwright.regress.history import SeriesKey
from millwright.results.facts import CaseFacts
from millwright.results.run_info import RunInfo
from millwright.statistics.changes import find_changes

FACT_KINDS = (
    ("firmware.", "firmware"),
    ("cpu.microcode", "firmware"),
    ("driver.", "driver"),
    ("clocks.driver", "settings"),
    ("clocks.", "settings"),
    ("power.", "settings"),
    ("kernel.", "kernel"),
    ("build.compiler.", "compiler"),
    ("cpu.model", "hardware"),
    ("system.name", "hardware"),
)
"""Kinds of change by the beginning of a fact's name; other facts differ from run to run by themselves."""
FACT_ENDS = ((".driver_version", "driver"), (".vbios_version", "firmware"), (".fw_version", "firmware"))
UNSTEADY = frozenset({"clocks.now"})
FURTHEST = 20
"""Runs before a change of level that are searched for the last change of a fact."""
MOST_NAMED = 8
"""Changes that are named beside one change of level."""

Facts = Mapping[str, str]
"""Readable facts of a series' nodes by name; several values are joined."""
FactsOf = Callable[[str, SeriesKey], Facts]
"""The facts behind a series in a run, by the run's id."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was changed."""

    at: str
    """ISO 8601, UTC: when it was done, or when the first run with it started."""
    kind: str
    """provisioning, firmware, driver, kernel, settings, compiler, hardware or product."""
    text: str
    hosts: frozenset[str] = frozenset()
    """Hosts that it was done to; empty if it may bear on any series."""


@dataclass(frozen=True, slots=True)
class LevelChange:
    """One change of level."""

    run_id: str
    """First run of the new level."""
    started: str
    before: float
    """Median of the level before, in the series' unit."""
    after: float
    events: tuple[Event, ...]
    """What was changed last before it, oldest first."""
    is_between: bool
    """Whether that was after the last run of the old level; else other runs lie between."""


def trace_changes(
    key: SeriesKey,
    runs: Sequence[RunInfo],
    values: Sequence[float],
    provisioned: Iterable[Event],
    facts_of: FactsOf,
) -> tuple[LevelChange, ...]:
    """The changes of level of a series, one value a run, each with what was changed before it."""
    events = tuple(provisioned)
    positions = find_changes(np.array(values, dtype=np.float64))
    edges = (0, *positions, len(values))
    return tuple(
        _trace(key, runs, at, (np.median(values[start:at]), np.median(values[at:end])), events, facts_of)
        for start, at, end in zip(edges, positions, edges[2:], strict=False)
    )


def _trace(  # noqa: PLR0913, PLR0917 - one change and all that may explain it
    key: SeriesKey,
    runs: Sequence[RunInfo],
    at: int,
    levels: tuple[float, float],
    provisioned: Sequence[Event],
    facts_of: FactsOf,
) -> LevelChange:
    found = _between(key, runs[at - 1], runs[at], provisioned, facts_of)
    is_between = bool(found)
    first = at - 1
    while not found and first > max(0, at - FURTHEST):
        found = _between(key, runs[first - 1], runs[first], provisioned, facts_of)
        first -= 1
    before, after = (float(level) for level in levels)
    shown = tuple(sorted(found, key=lambda event: event.at)[-MOST_NAMED:])
    return LevelChange(runs[at].run_id, runs[at].started, before, after, shown, is_between)


def _between(
    key: SeriesKey, before: RunInfo, after: RunInfo, provisioned: Sequence[Event], facts_of: FactsOf
) -> list[Event]:
    """Everything that was changed between two runs, as far as it is recorded."""
    return [
        *(
            event
            for event in provisioned
            if before.started < event.at <= after.started
            and (not event.hosts or event.hosts & _expand(key.node))
        ),
        *_product_changes(before, after),
        *find_fact_changes(facts_of(before.run_id, key), facts_of(after.run_id, key), after.started),
    ]


def _product_changes(before: RunInfo, after: RunInfo) -> Iterator[Event]:
    was = {"Millwright": before.millwright_version, **before.tool_versions}
    now = {"Millwright": after.millwright_version, **after.tool_versions}
    if before.git_commit != after.git_commit and before.git_commit and after.git_commit:
        was["commit"], now["commit"] = before.git_commit, after.git_commit
    for name in sorted(was.keys() & now.keys()):
        if was[name] != now[name]:
            yield Event(after.started, "product", f"{name} {was[name]} to {now[name]}")


def find_fact_changes(before: Facts, after: Facts, at: str) -> Iterator[Event]:
    """Facts that both runs recorded and that differ."""
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            kind = kind_of_fact(name)
            if kind:
                yield Event(at, kind, f"{name} {before[name]} to {after[name]}")


def kind_of_fact(name: str) -> str:
    """What a change of a fact is called; empty for one that differs from run to run by itself.

    >>> kind_of_fact("accelerator.0.vbios_version"), kind_of_fact("load.average")
    ('firmware', '')
    """
    if name in UNSTEADY:
        return ""
    by_end = (kind for end, kind in FACT_ENDS if name.endswith(end))
    by_beginning = (kind for beginning, kind in FACT_KINDS if name.startswith(beginning))
    return next(by_end, next(by_beginning, ""))


def facts_behind(cases: Iterable[CaseFacts], key: SeriesKey) -> Facts:
    """The facts of a series' nodes, and those of its build."""
    nodes = _expand(key.node)
    found: dict[str, set[str]] = {}
    for case in cases:
        for row in case.rows:
            if row.readable and (not row.nodes or nodes & _expand(row.nodes)):
                found.setdefault(row.name, set()).add(row.value)
    return {name: ", ".join(sorted(values)) for name, values in found.items()}


def _expand(text: str) -> frozenset[str]:
    try:
        return frozenset(expand(text))
    except NodeSetError:
        return frozenset({text})
