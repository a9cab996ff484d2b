"""Samples of a run, gathered into series."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from millwright.checks.naming import name_variant
from millwright.results.sample import Sample

Key = tuple[str, str, str, str, str]
"""Partition, check, parameters, metric and unit: what an expectation and its series share."""


@dataclass(frozen=True, slots=True)
class Series:
    """Every repetition of one metric in one place."""

    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str = field(default="", kw_only=True)
    """Of the check's variant, in canonical form."""
    environment: str = field(default="", kw_only=True)
    """ReFrame's environment; empty in runs stored before it was kept."""
    metric: str
    unit: str
    node: str
    """Node, or a folded node set."""
    device: str
    values: tuple[float, ...]
    """In `unit`, in the order measured."""
    emulated: bool

    @property
    def variant(self) -> str:
        """The check with its parameters, as a facility file names it."""
        return name_variant(self.check, self.parameters)

    @property
    def key(self) -> Key:
        """What the series shares with the expectation it answers."""
        return (self.partition, self.check, self.parameters, self.metric, self.unit)

    @property
    def place(self) -> tuple[str, ...]:
        """What tells the series from every other of its run."""
        return (*self.key, self.environment, self.node, self.device)


def gather(samples: Iterable[Sample]) -> tuple[Series, ...]:
    """Gather samples into series, sorted by place."""
    groups: dict[tuple[str, ...], list[Sample]] = {}
    for s in samples:
        key = (s.partition, s.check, s.parameters, s.environment, s.metric, s.unit, s.node, s.device)
        groups.setdefault(key, []).append(s)
    return tuple(_join(key, group) for key, group in sorted(groups.items()))


def _join(key: tuple[str, ...], group: list[Sample]) -> Series:
    partition, check, parameters, environment, metric, unit, node, device = key
    ordered = sorted(group, key=lambda sample: sample.rep)
    return Series(
        partition=partition,
        check=check,
        parameters=parameters,
        environment=environment,
        metric=metric,
        unit=unit,
        node=node,
        device=device,
        values=tuple(sample.value for sample in ordered),
        emulated=any(sample.emulated for sample in group),
    )
