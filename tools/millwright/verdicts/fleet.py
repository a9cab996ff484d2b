"""Fleet level: how the verdicts on nodes add up to one on the partition, by the rule of the contract."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from millwright.core.node_sets import NodeSetError, fold
from millwright.core.verdict import WORST_FIRST, Verdict, worst
from millwright.facility.topics.judging import AllNodes, FleetRule, ShareOfNodes, Swaps
from millwright.statistics.sampled_fleet import fewest_good


@dataclass(frozen=True, slots=True)
class FleetVerdict:
    """The nodes of one requirement by verdict, and what they add up to."""

    rule: str
    """The rule, as it is printed."""
    verdict: Verdict
    reason: str
    nodes: int
    passed: int
    failed: int
    undecided: int
    missing: int
    to_swap: str
    """Folded set of the nodes that miss the limit; empty for none."""
    allowed: int
    """Nodes that may miss the limit."""


def judge_fleet(nodes: Mapping[str, Verdict], rule: FleetRule) -> FleetVerdict:
    """Add up one verdict a node; a node with several values has the worst of them.

    Raises :exc:`ValueError` without any node.
    """
    if not nodes:
        raise ValueError("no node to judge")
    counts = {each: sum(found is each for found in nodes.values()) for each in WORST_FIRST}
    verdict, allowed = _apply(rule, len(nodes), counts, tuple(nodes.values()))
    failed = [node for node, found in nodes.items() if found is Verdict.FAIL]
    return FleetVerdict(
        rule=describe_rule(rule),
        verdict=verdict,
        reason=_reason(len(nodes), counts, failed, rule),
        nodes=len(nodes),
        passed=counts[Verdict.PASS],
        failed=len(failed),
        undecided=counts[Verdict.INCONCLUSIVE],
        missing=counts[Verdict.NOT_MEASURED],
        to_swap=_fold(failed),
        allowed=allowed,
    )


def describe_rule(rule: FleetRule) -> str:
    """The rule in words.

    >>> describe_rule(Swaps(rule="swaps", swaps=40))
    'all nodes after up to 40 swaps'
    """
    match rule:
        case AllNodes():
            return "all nodes"
        case Swaps():
            return f"all nodes after up to {rule.swaps} swaps"
        case ShareOfNodes():
            sample = f" with {rule.confidence:.4g} confidence" if rule.examined == "random-sample" else ""
            return f"at least {100 * rule.share:.6g} % of nodes{sample}"


def _apply(
    rule: FleetRule, nodes: int, counts: Mapping[Verdict, int], verdicts: tuple[Verdict, ...]
) -> tuple[Verdict, int]:
    """The verdict, and how many nodes may miss the limit."""
    match rule:
        case AllNodes():
            return worst(verdicts), 0
        case Swaps():
            allowed = rule.swaps
        case ShareOfNodes():
            allowed = nodes - math.ceil(nodes * rule.share - 1e-9)
            if rule.examined == "random-sample":
                return _of_sample(rule, nodes, allowed, counts), allowed
    if counts[Verdict.FAIL] > allowed:
        return Verdict.FAIL, allowed
    if counts[Verdict.NOT_MEASURED]:  # what was expected and is missing never passes in silence
        return Verdict.NOT_MEASURED, allowed
    undecided = counts[Verdict.FAIL] + counts[Verdict.INCONCLUSIVE] > allowed
    return Verdict.INCONCLUSIVE if undecided else Verdict.PASS, allowed


def _of_sample(rule: ShareOfNodes, nodes: int, allowed: int, counts: Mapping[Verdict, int]) -> Verdict:
    examined, failed = nodes - counts[Verdict.NOT_MEASURED], counts[Verdict.FAIL]
    if not examined:
        return Verdict.NOT_MEASURED
    if fewest_good(nodes, examined, counts[Verdict.PASS], rule.confidence) >= nodes - allowed:
        return Verdict.PASS
    if fewest_good(nodes, examined, failed, rule.confidence) > allowed:
        return Verdict.FAIL
    return Verdict.INCONCLUSIVE


def _reason(nodes: int, counts: Mapping[Verdict, int], failed: list[str], rule: FleetRule) -> str:
    parts = [f"{counts[Verdict.PASS]} of {nodes} nodes pass"]
    if failed:
        parts.append(f"{len(failed)} to swap: {_fold(failed)}")
    if counts[Verdict.INCONCLUSIVE]:
        parts.append(f"{counts[Verdict.INCONCLUSIVE]} undecided")
    if counts[Verdict.NOT_MEASURED]:
        parts.append(f"{counts[Verdict.NOT_MEASURED]} not measured")
    return f"{', '.join(parts)} (rule: {describe_rule(rule)})"


def _fold(nodes: list[str]) -> str:
    try:
        return fold(nodes) if nodes else ""
    except NodeSetError:
        return ", ".join(nodes)
