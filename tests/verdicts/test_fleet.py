import pytest

from millwright.core.verdict import Verdict
from millwright.facility.topics.judging import AllNodes, ShareOfNodes, Swaps
from millwright.verdicts.fleet import judge_fleet

ALL = AllNodes(rule="all")


def fleet(passing, failing=0, undecided=0, missing=0):
    verdicts = (
        [Verdict.PASS] * passing
        + [Verdict.FAIL] * failing
        + [Verdict.INCONCLUSIVE] * undecided
        + [Verdict.NOT_MEASURED] * missing
    )
    return {f"gpu-{number}": verdict for number, verdict in enumerate(verdicts)}


def share(value, examined="every-node", confidence=0.95):
    return ShareOfNodes(rule="share", share=value, confidence=confidence, examined=examined)


@pytest.mark.parametrize(
    ("nodes", "rule", "verdict"),
    [
        (fleet(20), ALL, "PASS"),
        (fleet(19, 1), ALL, "FAIL"),
        (fleet(19, 0, 1), ALL, "INCONCLUSIVE"),
        (fleet(96, 4), Swaps(rule="swaps", swaps=4), "PASS"),
        (fleet(95, 5), Swaps(rule="swaps", swaps=4), "FAIL"),
        (fleet(95, 4, 1), Swaps(rule="swaps", swaps=4), "INCONCLUSIVE"),
        (fleet(95, 3, 0, 2), Swaps(rule="swaps", swaps=4), "NOT MEASURED"),
        (fleet(99, 1), share(0.99), "PASS"),
        (fleet(98, 2), share(0.99), "FAIL"),
        (fleet(70, 30), share(0.7), "PASS"),
        (fleet(299, 0, 0, 19701), share(0.99, "random-sample"), "PASS"),
        (fleet(250, 0, 0, 19750), share(0.99, "random-sample"), "INCONCLUSIVE"),
        (fleet(200, 100, 0, 19700), share(0.99, "random-sample"), "FAIL"),
        (fleet(0, 0, 0, 10), share(0.99, "random-sample"), "NOT MEASURED"),
        (fleet(99, 1), share(0.99, "random-sample"), "PASS"),
    ],
)
def test_the_contracts_rule_adds_the_nodes_up(nodes, rule, verdict):
    assert judge_fleet(nodes, rule).verdict.value == verdict


def test_the_nodes_to_swap_are_named_and_counted():
    found = judge_fleet(fleet(19960, 40), Swaps(rule="swaps", swaps=40))
    assert (found.verdict, found.passed, found.failed) == (Verdict.PASS, 19960, 40)
    assert found.to_swap == "gpu-[19960-19999]"
    assert "19960 of 20000 nodes pass, 40 to swap: gpu-[19960-19999]" in found.reason


def test_no_node_is_no_fleet():
    with pytest.raises(ValueError, match="no node"):
        judge_fleet({}, ALL)
