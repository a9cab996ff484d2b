"""All places of one requirement: the fleet's rule, and the correction for the number of requirements."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from millwright.checks.declaration import Scope
from millwright.checks.naming import suite_of
from millwright.core.verdict import Verdict, severity, worst
from millwright.facility.model import CommitmentClass
from millwright.statistics.interval import Values
from millwright.statistics.sign_test import FAIL_LEVEL, fewest_repetitions, holm
from millwright.verdicts.expectations import Expectation
from millwright.verdicts.family import p_of_nodes
from millwright.verdicts.fleet import FleetVerdict, judge_fleet
from millwright.verdicts.judgement import Judgement


@dataclass(frozen=True, slots=True)
class Row:
    """One expected value in one place, and what was found there."""

    expectation: Expectation
    node: str
    """Node or folded node set that was measured; the expected place where nothing was."""
    device: str
    environment: str
    """ReFrame's environment that measured it; empty if none did."""
    values: Values
    """In the order of the repetitions; empty if nothing was measured."""
    judgement: Judgement
    emulated: bool
    doubts: tuple[str, ...] = ()
    """Why the values are hard to believe, although they count."""

    @property
    def is_measured(self) -> bool:
        """Whether there is any value."""
        return len(self.values) > 0


@dataclass(frozen=True, slots=True)
class FamilyPlace:
    """What a FAIL of one scored value means among all of its family."""

    lot: str
    """The lot whose scored values are the family; empty for those without one."""
    size: int
    """Scored values in the family that a test of repetitions decides."""
    p_fail: float
    """How likely the misses are if no more nodes miss than may, corrected for the number of nodes."""
    p_fail_holm: float
    """The same after Holm within the family; a FAIL needs at most 0.05."""
    fewest_repetitions: int
    """Repetitions of each node below which nothing in this family can FAIL."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """All places of one metric of a check's variant, in one environment, on one partition or antenna."""

    partition: str
    check: str
    parameters: str
    environment: str
    metric: str
    verdict: Verdict | None
    """By the rule for the fleet and corrected within its family; None if nothing was committed."""
    deciding: Row
    """The row that the verdict rests on."""
    reason: str
    """Why; for several nodes, how many of them pass and which are to be swapped."""
    fleet: FleetVerdict | None
    """The nodes by verdict, and the rule that adds them up; None for a value that is no node's."""
    family: FamilyPlace | None
    """The correction for the number of scored values; None for a value that no chance decides."""
    variant: str
    """The check with its parameters, and its environment if another one measured the same."""
    rows: tuple[Row, ...]

    @property
    def suite(self) -> str:
        """The foreign suite that the check is of; empty for Millwright's and the site's own."""
        return suite_of(self.check)


Variant = tuple[str, str, str, str, str]
"""Partition, check, parameters, environment and metric."""


def roll_up(rows: Iterable[Row]) -> tuple[Rollup, ...]:
    """One verdict for each metric of a check's variant on a partition or antenna."""
    groups: dict[Variant, list[Row]] = {}
    for row in rows:
        e = row.expectation
        key = (e.partition, e.check, e.parameters, row.environment, e.metric)
        groups.setdefault(key, []).append(row)
    environments = Counter((*key[:3], key[4]) for key in groups)
    found = [_join(key, group, is_only=environments[*key[:3], key[4]] == 1) for key, group in groups.items()]
    return tuple(_correct(found))


def _join(key: Variant, rows: list[Row], *, is_only: bool) -> Rollup:
    deciding = min(rows, key=_severity)
    verdict, reason, fleet = deciding.judgement.verdict, deciding.judgement.reason, None
    reference = deciding.expectation.reference
    if reference is not None and deciding.expectation.definition.scope is Scope.NODE:
        fleet = judge_fleet(_by_node(rows), reference.fleet)
        verdict = fleet.verdict
        if fleet.nodes > 1 and (fleet.failed or fleet.rule != "all nodes"):
            reason = f"{fleet.reason}; {deciding.node}: {reason}"
    same = [row for row in rows if row.judgement.verdict is verdict]
    variant = deciding.expectation.variant
    return Rollup(
        *key,
        verdict=verdict,
        deciding=min(same, key=_severity) if same else deciding,
        reason=reason,
        fleet=fleet,
        family=None,
        variant=variant if is_only else f"{variant} ({deciding.environment})",
        rows=tuple(rows),
    )


def _by_node(rows: Iterable[Row]) -> dict[str, Verdict]:
    """The worst verdict of each node, over its devices."""
    found: dict[str, list[Verdict]] = {}
    for row in rows:
        if row.judgement.verdict is not None:
            found.setdefault(row.expectation.place, []).append(row.judgement.verdict)
    return {node: worst(verdicts) for node, verdicts in found.items()}


def _correct(rollups: Sequence[Rollup]) -> Iterable[Rollup]:
    """Allow for the number of scored values: a FAIL that chance explains among so many is INCONCLUSIVE."""
    p_values: dict[str, dict[int, float]] = {}
    for number, rollup in enumerate(rollups):
        reference = rollup.deciding.expectation.reference
        if reference is not None and reference.commitment_class is CommitmentClass.SCORED:
            p = _p_of(rollup)
            if p is not None:
                p_values.setdefault(reference.lot, {})[number] = p
    places: dict[int, FamilyPlace] = {}
    for lot, members in p_values.items():
        adjusted = holm(members)
        for number, p in members.items():
            tests = len(members) * _tests(rollups[number])
            places[number] = FamilyPlace(lot, len(members), p, adjusted[number], fewest_repetitions(tests))
    return (_placed(rollup, places.get(number)) for number, rollup in enumerate(rollups))


def _placed(rollup: Rollup, place: FamilyPlace | None) -> Rollup:
    if place is None or rollup.verdict is not Verdict.FAIL or place.p_fail_holm <= FAIL_LEVEL:
        return replace(rollup, family=place)
    nodes = f" and {rollup.fleet.nodes} nodes" if rollup.fleet and rollup.fleet.nodes > 1 else ""
    why = (
        f"{rollup.reason}; no FAIL yet: p = {place.p_fail_holm:.2g} after Holm over {place.size} scored "
        f"values{nodes}, 0.05 is needed; measure what fails again, by itself, with fresh repetitions (at "
        f"least {place.fewest_repetitions} decide at once)"
    )
    return replace(rollup, family=place, verdict=Verdict.INCONCLUSIVE, reason=why)


def _tests(rollup: Rollup) -> int:
    places = len({row.expectation.place for row in rollup.rows if row.is_measured})
    return max(1, places - (rollup.fleet.allowed if rollup.fleet else 0))


def _p_of(rollup: Rollup) -> float | None:
    """p-value of the whole requirement; None if a rule without chance decides it, or nothing was measured."""
    measured = [row for row in rollup.rows if row.is_measured]
    if not measured or any(row.judgement.p_fail is None for row in measured):
        return None
    nodes: dict[str, list[float]] = {}
    for row in measured:
        nodes.setdefault(row.expectation.place, []).append(row.judgement.p_fail or 0.0)
    each = [min(1.0, len(found) * min(found)) for found in nodes.values()]
    return p_of_nodes(each, rollup.fleet.allowed if rollup.fleet else 0)


def _severity(row: Row) -> tuple[int, float]:
    """Sorts the worst verdict first, and within it the smallest margin."""
    margin = row.judgement.margin
    return severity(row.judgement.verdict), math.inf if margin is None else margin
