"""What a facility expects to see measured, and against which reference."""

from collections.abc import Iterator
from dataclasses import dataclass

from millwright.checks.declaration import Better, Declaration, Metric, Scope
from millwright.checks.naming import name_variant, split_key
from millwright.checks.registry import Registry
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Finding
from millwright.core.node_sets import fold
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Checks, Commitment, Facility
from millwright.results.run_info import ExpectedValue
from millwright.verdicts.reference import Reference, to_reference
from millwright.verdicts.rules import find_rule_problems


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expected value: a metric of a check in one place."""

    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str
    """Of the check's variant, in canonical form; empty without parameters."""
    metric: str
    place: str
    """Node, folded node set of the partition, or the antenna's gateway, by the metric's scope."""
    nodes: tuple[str, ...]
    """The nodes of that place."""
    definition: Metric
    reference: Reference | None
    emulated: bool
    devices: int | None = None
    """Devices of the node, where its class names accelerators."""

    @property
    def variant(self) -> str:
        """The check with its parameters, as a facility file names it."""
        return name_variant(self.check, self.parameters)


def expected_value(expectation: Expectation) -> ExpectedValue:
    """The expectation as a run records it."""
    return ExpectedValue(
        partition=expectation.partition,
        check=expectation.check,
        parameters=expectation.parameters,
        metric=expectation.metric,
        node=expectation.place,
    )


def list_expectations(facility: Facility, registry: Registry) -> tuple[Expectation, ...]:
    """Every value that the facility expects, in the order of its file.

    Raises :exc:`BadInputError` where :func:`find_commitment_problems` finds one.
    """
    problems = find_commitment_problems(facility, f"facility {facility.name}", registry)
    if problems:
        raise BadInputError(problems)
    return tuple(_of_partitions(facility, registry)) + tuple(_of_antennas(facility, registry))


def find_commitment_problems(facility: Facility, file: str, registry: Registry) -> list[Problem]:
    """Every check, metric, unit and value of a facility that no measurement could ever meet."""
    problems: list[Problem] = []
    for name, partition in facility.partitions.items():
        key, home = f"partitions.{name}.checks", frozenset({Scope.NODE, Scope.PARTITION})
        problems.extend(found.in_file(file) for found in _find(partition.checks, registry, key, home))
    for name, antenna in facility.antennas.items():
        key, home = f"antennas.{name}.checks", frozenset({Scope.ANTENNA})
        problems.extend(found.in_file(file) for found in _find(antenna.checks, registry, key, home))
    return problems


def _of_partitions(facility: Facility, registry: Registry) -> Iterator[Expectation]:
    for name, partition in facility.partitions.items():
        nodes = partition.node_names()
        node_class = facility.class_of(name)
        accelerators = node_class.accelerators if node_class else None
        emulated = facility.is_emulated(name)
        for variant, metric, commitment, definition in _each(partition.checks, registry):
            places = [(node,) for node in nodes] if definition.scope is Scope.NODE else [nodes]
            reference = to_reference(commitment, definition) if commitment else None
            for place in places:
                yield Expectation(
                    partition=name,
                    check=variant[0],
                    parameters=variant[1],
                    metric=metric,
                    place=place[0] if len(place) == 1 else fold(place),
                    nodes=place,
                    definition=definition,
                    reference=reference,
                    emulated=emulated,
                    devices=accelerators.count if accelerators and definition.scope is Scope.NODE else None,
                )


def _of_antennas(facility: Facility, registry: Registry) -> Iterator[Expectation]:
    for name, antenna in facility.antennas.items():
        for variant, metric, commitment, definition in _each(antenna.checks, registry):
            reference = to_reference(commitment, definition) if commitment else None
            gateway = antenna.gateway
            yield Expectation(
                name, *variant, metric, gateway, (gateway,), definition, reference, emulated=False
            )


def _each(
    checks: Checks, registry: Registry
) -> Iterator[tuple[tuple[str, str], str, Commitment | None, Metric]]:
    """Each expected metric: check and parameters, its name, what was committed, and its definition."""
    for key, metrics in checks.items():
        variant = split_key(key)
        for metric, commitment in metrics.items():
            yield variant, metric, commitment, registry[variant[0]].metrics[metric]


def _find(checks: Checks, registry: Registry, key: str, home: frozenset[Scope]) -> Iterator[Finding]:
    named: dict[tuple[str, str], str] = {}
    for name, metrics in checks.items():
        check, parameters = split_key(name)
        place = f"{key}.{name}"
        known = registry.get(check)
        if known is None:
            names = f"one of {', '.join(registry)}{did_you_mean(check, registry)}"
            yield Finding("MW1702", place, "unknown check", names)
            continue
        yield from _find_in_parameters(known, parameters, place)
        if named.setdefault((check, parameters), name) != name:
            same = f"the same variant as {named[check, parameters]!r}"
            yield Finding("MW1732", place, same, "each variant once")
        if not metrics:
            some = f"some of {', '.join(known.metrics)}"
            yield Finding("MW1703", place, "lists no metric, so nothing is checked", some)
        for metric, commitment in metrics.items():
            yield from _find_in_metric(known, metric, commitment, f"{place}.{metric}", home)


def _find_in_parameters(declaration: Declaration, parameters: str, key: str) -> Iterator[Finding]:
    """A variant that does not exist would never be measured."""
    for fault in declaration.find_parameter_faults(parameters):
        yield Finding("MW1731", key, fault, f"{_variants(declaration)}")


def _variants(declaration: Declaration) -> str:
    """How a variant of the check is named, with the values that its parameters can take."""
    if not declaration.parameters:
        return f"{declaration.name} alone"
    named = (
        f"%{name}={'|'.join(each.values) if each.values else '...'}"
        for name, each in declaration.parameters.items()
    )
    return f"{declaration.name} {' '.join(named)}"


def _find_in_metric(
    declaration: Declaration, metric: str, commitment: Commitment | None, key: str, home: frozenset[Scope]
) -> Iterator[Finding]:
    definition = declaration.metrics.get(metric)
    if definition is None:
        known = declaration.metrics
        names = f"one of {', '.join(known)}{did_you_mean(metric, known)}"
        yield Finding("MW1704", key, "unknown metric", names)
    elif definition.scope not in home:
        owner = _owner(definition.scope)
        yield Finding("MW1705", key, f"measures {owner}", f"under the checks of {owner}")
    elif commitment is not None:
        yield from _find_in_commitment(commitment, definition, key)


def _owner(scope: Scope) -> str:
    return "an antenna" if scope is Scope.ANTENNA else "a partition"


def _find_in_commitment(commitment: Commitment, definition: Metric, key: str) -> Iterator[Finding]:
    if commitment.unit != definition.unit:
        yield Finding("MW1706", f"{key}.unit", f"wrong unit {commitment.unit!r}", repr(definition.unit))
    may_be_zero = definition.better is Better.LOWER and definition.unit == "count"
    if commitment.value < 0 or (commitment.value == 0 and not may_be_zero):
        bound = "must be 0 or greater" if may_be_zero else "must be greater than 0"
        yield Finding("MW1707", f"{key}.value", bound, "")
    yield from find_rule_problems(commitment, definition, key)
