"""Nodes with too few peers: refused before anything is drained, or held with the commands that help."""

import numpy as np
import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.errors import NotTestableError
from millwright.core.places import shipped_facilities
from millwright.core.verdict import Verdict
from millwright.facility import load_facility
from millwright.fleet.service.few_peers import count_peers, require_peers
from millwright.fleet.service.measuring import advise_on_peers
from millwright.results.samples import Series
from millwright.verdicts.admission import Admission
from millwright.verdicts.peers import compare

COMMAND = "millwright run 'my site/facility.yaml'"
ADMIT = "millwright nodes commission rack n1 --admit-inconclusive"


def compared(node, peers):
    repeats = np.array([100.0] * 3)
    series = Series("cpu", "Gemm", "", "", "fp64_rate", "Gflop/s", node, "", repeats, emulated=False)
    values = {(series.check, "", "", series.metric, series.unit): {f"p{n}": [100.0] for n in range(peers)}}
    return compare([series], values, shipped_checks())


def advised(verdict, peers, others, node="n1", admit=ADMIT):
    found = Admission("n1", verdict, ("as found",))
    comparisons = compared(node, peers)
    return advise_on_peers(found, comparisons, others=others, measure=COMMAND, admit=admit).reasons


def test_the_command_that_measures_peers_is_told_after_the_reason():
    first, way_out = advised(Verdict.INCONCLUSIVE, peers=4, others=5)
    assert first == "as found"
    assert f"with {COMMAND}, and try again" in way_out
    assert f"{ADMIT} admits it without a comparison" in way_out


def test_no_run_is_told_where_the_class_is_too_small_for_any():
    (*_, way_out) = advised(Verdict.INCONCLUSIVE, peers=0, others=4)
    assert "too small for that, 6 nodes are needed" in way_out
    assert "millwright run" not in way_out
    assert f"{ADMIT} admits it without a comparison" in way_out


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL, Verdict.NOT_MEASURED])
def test_what_admitting_would_not_help_is_left_as_it_is(verdict):
    assert advised(verdict, peers=0, others=9) == ("as found",)


def test_enough_peers_or_another_nodes_want_need_no_advice():
    assert advised(Verdict.INCONCLUSIVE, peers=5, others=9) == ("as found",)
    assert advised(Verdict.INCONCLUSIVE, peers=0, others=9, node="n2") == ("as found",)


def test_nothing_is_advised_if_undecided_nodes_are_let_in():
    assert advised(Verdict.INCONCLUSIVE, peers=0, others=9, admit="") == ("as found",)


@pytest.fixture
def facility():
    """A function: the rack's facility with so many nodes in the partition ``cpu``."""
    rack = load_facility(shipped_facilities()["rack"])

    def described(count):
        cpu = rack.partitions["cpu"].model_copy(update={"nodes": f"rack-c[1-{count}]"})
        return rack.model_copy(update={"partitions": {**rack.partitions, "cpu": cpu}})

    return described


WAYS = {"millwright maintain rack cpu --no-checks": "goes on"}


@pytest.mark.parametrize("count", [2, 5])
def test_a_class_that_is_too_small_is_refused_with_the_commands_that_go_on(facility, count):
    with pytest.raises(NotTestableError) as refused:
        require_peers(facility(count), shipped_checks(), ["rack-c1", "rack-c2"], WAYS)
    first, _, hint = str(refused.value).splitlines()
    assert first == f"rack-c[1-2]: too few nodes of the same class to compare with, {count - 1} of 5"
    assert hint == "millwright maintain rack cpu --no-checks goes on"


def test_six_nodes_of_a_class_can_be_compared(facility):
    require_peers(facility(6), shipped_checks(), ["rack-c1"], WAYS)
    assert count_peers(facility(6), shipped_checks(), ["rack-c1"]) == {"rack-c1": 5}


def test_nodes_of_another_class_are_no_peers(facility):
    described = facility(6)
    (riscv,) = described.partitions["dare"].node_names()
    assert count_peers(described, shipped_checks(), ["rack-c1", riscv]) == {"rack-c1": 5, riscv: 0}
    with pytest.raises(NotTestableError, match=f"{riscv}: too few"):
        require_peers(described, shipped_checks(), ["rack-c1", riscv], WAYS)
