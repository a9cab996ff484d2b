"""Nodes beside the others of their class."""

import numpy as np
import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.verdict import Verdict
from millwright.results.samples import Series
from millwright.verdicts.peers import compare, newest_values


def series(node, value, device="", *, check="MemoryBandwidth", metric="triad_bw", unit="GB/s"):
    return Series("cpu", check, "", "", metric, unit, node, device, np.array([value] * 3), emulated=False)


PEERS = [series(f"p{number}", 100.0 + number) for number in range(6)]


def verdicts(own, runs=(PEERS,), nodes=tuple(f"p{number}" for number in range(6))):
    return {
        found.node: found.verdict
        for found in compare(own, newest_values(runs, nodes, shipped_checks()), shipped_checks())
    }


def test_a_slow_node_fails_beside_its_peers():
    assert verdicts([series("n1", 80.0), series("n2", 101.0)]) == {"n1": Verdict.FAIL, "n2": Verdict.PASS}


def test_few_peers_are_inconclusive_never_a_pass():
    (found,) = compare(
        [series("n1", 100.0)],
        newest_values([PEERS[:4]], [peer.node for peer in PEERS], shipped_checks()),
        shipped_checks(),
    )
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "4 peers are too few" in found.says


def test_new_nodes_are_peers_of_each_other():
    own = [series(f"n{number}", 100.0) for number in range(6)]
    found = verdicts([*own, series("n9", 50.0)], runs=())
    assert found["n9"] is Verdict.FAIL
    assert found["n0"] is Verdict.PASS


def test_many_devices_of_few_nodes_are_few_peers():
    own = [series("n1", 100.0, f"gpu{number}") for number in range(8)]
    peers = [series("p0", 100.0, f"gpu{number}") for number in range(8)]
    assert set(verdicts(own, runs=(peers,)).values()) == {Verdict.INCONCLUSIVE}


def test_the_newest_run_of_each_node_counts_and_only_its_own_class():
    newer = [series("p0", 50.0)]
    found = newest_values(
        [newer, [*PEERS, series("other", 1.0)]], [f"p{number}" for number in range(6)], shipped_checks()
    )
    values = found["MemoryBandwidth", "", "", "triad_bw", "GB/s"]
    assert values["p0"] == [50.0]
    assert values["p1"] == [101.0]
    assert "other" not in values


def test_lower_is_better_where_the_metric_says_so():
    own = [series("n1", 3.0, check="RiscvVector", metric="kernel_mismatches", unit="count")]
    peers = [
        series(f"p{n}", 1.0, check="RiscvVector", metric="kernel_mismatches", unit="count") for n in range(6)
    ]
    assert verdicts(own, runs=(peers,)) == {"n1": Verdict.FAIL}


@pytest.mark.parametrize(
    ("value", "verdict", "reason"),
    [
        (0.0, Verdict.PASS, "no worse than the median of 6 peers, 0"),
        (3.0, Verdict.INCONCLUSIVE, "worse than the median of 6 peers, 0, of which no share"),
    ],
)
def test_peers_whose_median_is_zero_are_not_called_too_few(value, verdict, reason):
    what = {"check": "RiscvVector", "metric": "kernel_mismatches", "unit": "count"}
    peers = [series(f"p{number}", 0.0, **what) for number in range(6)]
    (found,) = compare(
        [series("n1", value, **what)],
        newest_values([peers], [peer.node for peer in peers], shipped_checks()),
        shipped_checks(),
    )
    assert found.verdict is verdict
    assert reason in found.says


def test_what_spans_nodes_is_not_compared():
    own = [series("n[1-2]", 3.0, check="MpiPointToPoint", metric="latency", unit="us")]
    assert compare(own, {}, shipped_checks()) == ()


@pytest.mark.parametrize(("threshold", "verdict"), [(0.05, Verdict.FAIL), (0.5, Verdict.PASS)])
def test_the_threshold_is_the_callers(threshold, verdict):
    (found,) = compare(
        [series("n1", 80.0)],
        newest_values([PEERS], [peer.node for peer in PEERS], shipped_checks()),
        shipped_checks(),
        threshold,
    )
    assert found.verdict is verdict
    assert found.says.startswith(
        "MemoryBandwidth triad_bw 80 GB/s: 22.0% worse than the median of 6 peers, 102.5"
    )


@pytest.mark.parametrize(("value", "verdict"), [(95.0, Verdict.PASS), (94.0, Verdict.FAIL)])
def test_unless_told_otherwise_a_node_may_be_five_percent_worse(value, verdict):
    """Of equal peers the spread is 0, so the threshold alone decides whether the node is drained."""
    peers = [series(f"p{number}", 100.0) for number in range(6)]
    own = [series("n1", value)]
    assert verdicts(own, runs=(peers,)) == {"n1": verdict}


def in_groups(*groups):
    """One series a node: each group is its value and how many nodes it has, apart by up to one."""
    values = [value + index % 3 - 1 for value, count in groups for index in range(count)]
    return [series(f"n{number}", value) for number, value in enumerate(values, start=1)]


@pytest.mark.parametrize(
    "groups", [((100, 4), (50, 5)), ((100, 5), (50, 5)), ((100, 3), (50, 6)), ((100, 3), (75, 3), (50, 3))]
)
def test_nobody_is_judged_by_peers_that_are_in_groups(groups):
    found = compare(in_groups(*groups), {}, shipped_checks())
    assert {each.verdict for each in found} == {Verdict.INCONCLUSIVE}
    for each in found:
        assert len(each.groups) == len(groups)
        for value, count in groups:
            assert any(g.low <= value <= g.high and len(g.names) == count for g in each.groups)
    assert "n[1-" in found[0].says


def test_single_slow_nodes_make_no_group():
    found = compare(in_groups((100, 7), (50, 2)), {}, shipped_checks())
    assert [each.verdict for each in found] == [Verdict.PASS] * 7 + [Verdict.FAIL] * 2
