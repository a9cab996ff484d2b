"""What a facility expects to see measured, and against which reference."""

from collections.abc import Iterator
from dataclasses import dataclass

from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Finding
from millwright.core.node_sets import fold
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Checks, Commitment, Facility
from millwright.results.metrics import METRICS, Better, Metric, Scope
from millwright.results.run_info import ExpectedValue
from millwright.verdicts.reference import Reference, to_reference


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expected value: a metric of a check in one place."""

    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    metric: str
    place: str
    """Node, folded node set of the partition, or the antenna's gateway, by the metric's scope."""
    nodes: tuple[str, ...]
    """The nodes of that place."""
    says: Metric
    reference: Reference | None
    emulated: bool
    devices: int | None = None
    """Devices of the node, where its class names accelerators."""


def expected_value(expectation: Expectation) -> ExpectedValue:
    """The expectation as a run records it."""
    return ExpectedValue(expectation.partition, expectation.check, expectation.metric, expectation.place)


def list_expectations(facility: Facility) -> tuple[Expectation, ...]:
    """Every value that the facility expects, in the order of its file.

    Raises :exc:`BadInputError` where :func:`find_commitment_problems` finds one.
    """
    problems = find_commitment_problems(facility, f"facility {facility.name}")
    if problems:
        raise BadInputError(problems)
    return tuple(_of_partitions(facility)) + tuple(_of_antennas(facility))


def find_commitment_problems(facility: Facility, file: str) -> list[Problem]:
    """Every check, metric, unit and value of a facility that no measurement could ever meet."""
    problems: list[Problem] = []
    for name, partition in facility.partitions.items():
        key, home = f"partitions.{name}.checks", frozenset({Scope.NODE, Scope.PARTITION})
        problems.extend(found.in_file(file) for found in _find(partition.checks, key, home))
    for name, antenna in facility.antennas.items():
        key, home = f"antennas.{name}.checks", frozenset({Scope.ANTENNA})
        problems.extend(found.in_file(file) for found in _find(antenna.checks, key, home))
    return problems


def _of_partitions(facility: Facility) -> Iterator[Expectation]:
    for name, partition in facility.partitions.items():
        nodes = partition.node_names()
        node_class = facility.class_of(name)
        accelerators = node_class.accelerators if node_class else None
        for check, metric, commitment, says in _each(partition.checks):
            places = [(node,) for node in nodes] if says.scope is Scope.NODE else [nodes]
            reference = to_reference(commitment, says) if commitment else None
            for place in places:
                yield Expectation(
                    partition=name,
                    check=check,
                    metric=metric,
                    place=place[0] if len(place) == 1 else fold(place),
                    nodes=place,
                    says=says,
                    reference=reference,
                    emulated=facility.is_emulated(name),
                    devices=accelerators.count if accelerators and says.scope is Scope.NODE else None,
                )


def _of_antennas(facility: Facility) -> Iterator[Expectation]:
    for name, antenna in facility.antennas.items():
        for check, metric, commitment, says in _each(antenna.checks):
            reference = to_reference(commitment, says) if commitment else None
            gateway = antenna.gateway
            yield Expectation(name, check, metric, gateway, (gateway,), says, reference, emulated=False)


def _each(checks: Checks) -> Iterator[tuple[str, str, Commitment | None, Metric]]:
    for check, metrics in checks.items():
        for metric, commitment in metrics.items():
            yield check, metric, commitment, METRICS[check][metric]


def _find(checks: Checks, key: str, home: frozenset[Scope]) -> Iterator[Finding]:
    for check, metrics in checks.items():
        known = METRICS.get(check)
        if known is None:
            yield Finding(
                "MW1702",
                f"{key}.{check}",
                "unknown check",
                f"one of {', '.join(METRICS)}{did_you_mean(check, METRICS)}",
            )
            continue
        if not metrics:
            yield Finding(
                "MW1703",
                f"{key}.{check}",
                "lists no metric, so nothing is checked",
                f"some of {', '.join(known)}",
            )
        for metric, commitment in metrics.items():
            says = known.get(metric)
            where = f"{key}.{check}.{metric}"
            if says is None:
                yield Finding(
                    "MW1704",
                    where,
                    "unknown metric",
                    f"one of {', '.join(known)}{did_you_mean(metric, known)}",
                )
            elif says.scope not in home:
                yield Finding(
                    "MW1705",
                    where,
                    f"measures {_owner(says.scope)}",
                    f"under the checks of {_owner(says.scope)}",
                )
            elif commitment is not None:
                yield from _find_in_commitment(commitment, says, where)


def _owner(scope: Scope) -> str:
    return "an antenna" if scope is Scope.ANTENNA else "a partition"


def _find_in_commitment(commitment: Commitment, says: Metric, key: str) -> Iterator[Finding]:
    if commitment.unit != says.unit:
        yield Finding("MW1706", f"{key}.unit", f"wrong unit {commitment.unit!r}", repr(says.unit))
    may_be_zero = says.better is Better.LOWER and says.unit == "count"
    if commitment.value < 0 or (commitment.value == 0 and not may_be_zero):
        bound = "must be 0 or greater" if may_be_zero else "must be greater than 0"
        yield Finding("MW1707", f"{key}.value", bound, "")
