"""Stored runs as observations: opened if they may be relied on, one after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.app.measure.trust import Trust, open_run
from millwright.checks.registry import Registry
from millwright.core.errors import NotTrustedError, Problem
from millwright.regress.history import Observation, is_history, observe
from millwright.results.runs import Run, list_runs, read_info

REPEATS_ROOT = "@repeats"
"""Folder in the results for runs that repeat suspicious values; no facility can have that name, and no report
takes them for a measurement of the whole facility."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Runs summed up, oldest first, each with its own declarations."""

    observations: tuple[Observation, ...]
    registries: tuple[Registry, ...]


def history_runs(results: Path, facility: str) -> tuple[Path, ...]:
    """Every stored run of a facility that was measured here, in the order of the chain."""
    return tuple(path for path in list_runs(results, facility).runs if is_history(read_info(path)))


def repeat_runs(results: Path, facility: str, run_id: str) -> tuple[Path, ...]:
    """The runs that repeated suspicious values of a run, oldest first."""
    stored = list_runs(results / REPEATS_ROOT, facility).runs
    return tuple(path for path in stored if read_info(path).selection.confirms == run_id)


def open_all(paths: Sequence[Path], trust: Trust) -> Observed:
    """Open and sum up runs; raises :exc:`NotTrustedError` with every reason against any of them."""
    problems: list[Problem] = []
    found: list[tuple[Observation, Registry]] = []
    for path in paths:
        try:
            run, _ = open_run(path, trust)
        except NotTrustedError as error:
            problems.extend(error.problems)
        else:
            found.append((observe(run), run.registry))
    if problems:
        raise NotTrustedError(problems)
    return Observed(*_columns(found))


def _columns(
    found: Iterable[tuple[Observation, Registry]],
) -> tuple[tuple[Observation, ...], tuple[Registry, ...]]:
    pairs = tuple(found)
    return tuple(each for each, _ in pairs), tuple(registry for _, registry in pairs)


def reason_of_absence(run: Run, partition: str, check: str, parameters: str, node: str) -> str:
    """Why a run has no value of a series that it set out to measure."""
    reasons = [
        "; ".join(each.reasons)
        for each in run.rejected
        if (each.origin.partition, each.origin.check, each.origin.parameters)
        == (partition, check, parameters)
        and each.node in {"", node}
    ]
    if reasons:
        return f"rejected: {reasons[0]}"
    away = run.info.unavailable_nodes.get(node)
    return f"{node} took no job: {away}" if away else "the run has no value of it that counts"
