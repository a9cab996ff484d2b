"""A node is held for want of peers: the report says what decides it."""

import pytest

from millwright.core.verdict import Verdict
from millwright.fleet.service.measuring import advise_on_peers
from millwright.verdicts.admission import Admission
from millwright.verdicts.peers import compare
from millwright.verdicts.series import Series

COMMAND = "millwright run 'my site/facility.yaml'"


def compared(node, peers):
    series = Series("cpu", "Gemm", "fp64_rate", "Gflop/s", node, "", (100.0,) * 3, emulated=False)
    values = {(series.check, series.metric, series.unit): {f"p{n}": [100.0] for n in range(peers)}}
    return compare([series], values)


def advised(verdict, peers, others, node="n1", measure=COMMAND):
    found = Admission("n1", verdict, ("as found",))
    return advise_on_peers(found, compared(node, peers), others=others, measure=measure).reasons


def test_the_command_that_measures_peers_is_told_after_the_reason():
    first, way_out = advised(Verdict.INCONCLUSIVE, peers=4, others=5)
    assert first == "as found"
    assert f"with {COMMAND}, and try again" in way_out
    assert "--admit-inconclusive" in way_out


def test_no_run_is_told_where_the_class_is_too_small_for_any():
    (*_, way_out) = advised(Verdict.INCONCLUSIVE, peers=0, others=4)
    assert "too small for that, 6 nodes are needed" in way_out
    assert "millwright run" not in way_out
    assert "--admit-inconclusive" in way_out


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL, Verdict.NOT_MEASURED])
def test_what_admitting_would_not_help_is_left_as_it_is(verdict):
    assert advised(verdict, peers=0, others=9) == ("as found",)


def test_enough_peers_or_another_nodes_want_need_no_advice():
    assert advised(Verdict.INCONCLUSIVE, peers=5, others=9) == ("as found",)
    assert advised(Verdict.INCONCLUSIVE, peers=0, others=9, node="n2") == ("as found",)


def test_nothing_is_advised_where_undecided_nodes_are_let_in():
    assert advised(Verdict.INCONCLUSIVE, peers=0, others=9, measure="") == ("as found",)
