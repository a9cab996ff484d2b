from dataclasses import replace

import pytest

from millwright.core.errors import ExitCode
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility
from millwright.results.sample import Sample
from millwright.results.samples import collect
from millwright.verdicts.scorecard import score

METRICS = ("copy_bw", "scale_bw", "add_bw", "triad_bw")
RULE = {"value": 10, "unit": "GB/s", "class": "scored", "source": "s", "kind": "read", "date": "2026-01-01"}


@pytest.fixture
def judged(rack_facility, rack_run):
    """Rollups of a partition of `nodes` nodes, by metric; `slow` nodes are at a tenth of the rate."""

    def judge(nodes, n, *, slow=0, metrics=METRICS, **rules):
        data = rack_facility.model_dump(mode="json", by_alias=True)
        for each in (*data["partitions"].values(), *data["antennas"].values()):
            each["checks"] = {}
        checks = {"MemoryBandwidth": {metric: {**RULE, **rules} for metric in metrics}}
        names = [f"rack-c{number}" for number in range(nodes)]
        data["partitions"]["cpu"] |= {"nodes": f"rack-c[0-{nodes - 1}]", "checks": checks}
        found = [
            Sample("rack", "cpu", "MemoryBandwidth", metric, node, "", rep, value, "GB/s", emulated=False)
            for metric in metrics
            for number, node in enumerate(names)
            for rep in range(n)
            for value in [1.0 if number < slow else 11.0]
        ]
        run = replace(rack_run, samples=collect(found), counted=(), rejected=())
        return score(Facility.model_validate(data), run)

    return judge


def test_a_fail_counts_only_if_chance_does_not_explain_it_among_all_scored_values(judged):
    assert {r.verdict for r in judged(1, 6, slow=1).rollups} == {Verdict.INCONCLUSIVE}
    card = judged(1, 7, slow=1)
    assert {r.verdict for r in card.rollups} == {Verdict.FAIL}
    assert card.rollups[0].family.p_fail_holm == pytest.approx(4 / 2**7)
    assert card.rollups[0].family.fewest_repetitions == 7


def test_what_only_informs_is_not_corrected(judged):
    card = judged(1, 6, slow=1, **{"class": "informative"})
    assert {(r.verdict, r.family) for r in card.rollups} == {(Verdict.FAIL, None)}


def test_lots_are_families_of_their_own(judged):
    card = judged(1, 6, slow=1, metrics=("copy_bw",), lot="one")
    assert (card.rollups[0].verdict, card.rollups[0].family.lot) == (Verdict.FAIL, "one")


def test_slow_nodes_are_named_even_if_so_many_nodes_explain_them(judged):
    rollup = judged(200, 10, slow=2, metrics=("triad_bw",)).rollups[0]
    assert (rollup.verdict, rollup.fleet.to_swap) == (Verdict.INCONCLUSIVE, "rack-c[0-1]")
    assert "198 of 200 nodes pass, 2 to swap: rack-c[0-1]" in rollup.reason
    assert "no FAIL yet: p = 0.2 after Holm over 1 scored values and 200 nodes" in rollup.reason
    assert rollup.family.fewest_repetitions == 12


def test_swaps_within_the_contract_pass_and_so_does_the_exit_code(judged):
    card = judged(40, 10, slow=2, metrics=("triad_bw",), fleet={"rule": "swaps", "swaps": 2})
    assert (card.rollups[0].verdict, card.exit_code) == (Verdict.PASS, ExitCode.OK)
    assert card.rollups[0].deciding.judgement.verdict is Verdict.PASS
    more = judged(40, 20, slow=3, metrics=("triad_bw",), fleet={"rule": "swaps", "swaps": 2})
    assert (more.rollups[0].verdict, more.exit_code) == (Verdict.FAIL, ExitCode.FAIL)
