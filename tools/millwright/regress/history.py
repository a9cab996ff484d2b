"""One value a run of each series, in the order of the runs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from millwright.checks.declaration import Better, Metric, Statistic
from millwright.checks.naming import name_variant
from millwright.results.run_info import RunInfo
from millwright.results.runs import Run
from millwright.results.samples import Series

Floats = NDArray[np.float64]


class SeriesKey(NamedTuple):
    """What tells a series from every other of its facility: two variants are never pooled."""

    partition: str
    check: str
    parameters: str
    environment: str
    metric: str
    unit: str
    node: str
    device: str

    @property
    def variant(self) -> str:
        """The check with its parameters, as a facility file names it."""
        return name_variant(self.check, self.parameters)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run says of one series."""

    value: float
    """The statistic of its repetitions, in the series' unit."""
    definition: Metric
    emulated: bool


@dataclass(frozen=True, slots=True)
class Observation:
    """One run, as a value of each series that it measured."""

    info: RunInfo
    manifest_sum: str
    values: Mapping[SeriesKey, Measured]
    undeclared: tuple[SeriesKey, ...]
    """Series of which no declaration says which way is better, so nothing is judged."""


def observe(run: Run) -> Observation:
    """Sum up each series of a run by the statistic that its check declares."""
    values: dict[SeriesKey, Measured] = {}
    undeclared: list[SeriesKey] = []
    for series in run.series:
        metric, key = run.registry.metric(series.check, series.metric), key_of(series)
        if metric is None:
            undeclared.append(key)
        else:
            values[key] = Measured(summarise(series.values, metric), metric, series.emulated)
    return Observation(run.info, run.manifest_sum, values, tuple(undeclared))


def key_of(series: Series) -> SeriesKey:
    """The identity of a series."""
    s = series
    return SeriesKey(s.partition, s.check, s.parameters, s.environment, s.metric, s.unit, s.node, s.device)


def summarise(values: Floats, metric: Metric) -> float:
    """One value of all repetitions; wrong results and worst cases are never hidden behind a median."""
    is_higher = metric.better is Better.HIGHER
    match metric.judged_by:
        case Statistic.MEDIAN:
            return float(np.median(values))
        case Statistic.QUANTILE if metric.quantile is not None:
            return float(np.quantile(values, metric.quantile))
        case _:
            return float(values.min() if is_higher else values.max())


def is_history(info: RunInfo) -> bool:
    """Whether a run may count as one of many: measured here, and not a repeat because of a suspicion."""
    return info.origin == "measured" and not info.selection.confirms


def values_of(key: SeriesKey, observations: Iterable[Observation]) -> Iterator[tuple[Observation, float]]:
    """The runs that measured a series, each with its value."""
    for observation in observations:
        found = observation.values.get(key)
        if found is not None:
            yield observation, found.value


def keys_of(observations: Sequence[Observation]) -> tuple[SeriesKey, ...]:
    """Every series that any of the runs measured, sorted."""
    return tuple(sorted({key for observation in observations for key in observation.values}))
