"""Verdicts, and what is done about a node: nothing that somebody else did is ever touched."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from node_health.catalogue import CATALOGUE
from node_health.judging import Step, codes, drain_reason, judge, next_step, wants_controller

RUN = "20261124T140000Z-0a1b2c3d"
GOOD = {"memory": {"faults": [], "could_not_test": None}}
BLIND = {"memory": {"faults": [], "could_not_test": "no answer in time"}}
NO_MEMORY = {"memory": {"faults": [["MEM_MISSING", "1 of 2 MiB"]], "could_not_test": None}}
DEAD_SERVICE = {"services": {"faults": [["SERVICE_DEAD", "munge is failed"]], "could_not_test": None}}
OURS = f"millwright:health:{RUN} MEM_MISSING 1 of 2 MiB"


def test_three_verdicts():
    assert judge(GOOD, {}).verdict == "ok"
    assert judge(BLIND, {}).verdict == "could not test"
    assert judge(NO_MEMORY, {}).verdict == "faulty"
    assert judge({**NO_MEMORY, "clock": BLIND["memory"]}, {}).verdict == "faulty"


def test_a_fault_that_may_pass_counts_when_two_runs_in_a_row_see_it():
    memory = {}
    assert judge(DEAD_SERVICE, memory).verdict == "ok"
    assert judge(DEAD_SERVICE, memory).verdict == "faulty"
    assert judge({"services": GOOD["memory"]}, memory).verdict == "ok"
    assert judge(DEAD_SERVICE, memory).verdict == "ok"


def test_a_run_that_could_not_see_it_neither_confirms_nor_forgets():
    memory = {}
    judge(DEAD_SERVICE, memory)
    assert judge({"services": BLIND["memory"]}, memory).verdict == "could not test"
    assert judge(DEAD_SERVICE, memory).verdict == "faulty"


def test_two_findings_of_one_run_are_no_confirmation():
    twice = {"services": {"faults": DEAD_SERVICE["services"]["faults"] * 2, "could_not_test": None}}
    assert judge(twice, {}).verdict == "ok"


def test_a_warning_drains_nothing():
    many = {"memory_errors": {"faults": [["MEM_CORRECTED", "mc0: 4096"]], "could_not_test": None}}
    judged = judge(many, {})
    assert judged.verdict == "ok"
    assert [row["code"] for row in judged.warnings] == ["MEM_CORRECTED"]


@pytest.mark.parametrize("state", ["IDLE", "ALLOCATED", "MIXED", "COMPLETING", "IDLE*", "MIXED+PLANNED"])
def test_a_faulty_node_in_service_is_drained_with_its_code(state):
    step = next_step(judge(NO_MEMORY, {}), {}, (state, ""), RUN, None)
    assert step == Step("drain", OURS)


@pytest.mark.parametrize("state", ["IDLE+DRAIN", "DOWN+DRAIN", "ALLOCATED+DRAIN", "DOWN*", "MAINT", "FAIL"])
@pytest.mark.parametrize("reason", ["fan is broken", "millwright:maintenance:20261124T1", ""])
@pytest.mark.parametrize("results", [NO_MEMORY, GOOD, BLIND], ids=["faulty", "ok", "could not test"])
def test_what_somebody_else_did_stays(state, reason, results):
    memory = {"good_runs": 99}
    assert next_step(judge(results, memory), memory, (state, reason), RUN, 1).kind == "leave"


def test_could_not_test_drains_nothing_and_asks_nobody():
    judged = judge(BLIND, {})
    assert not wants_controller(judged, {"drained": True}, 1)
    assert next_step(judged, {}, ("IDLE", ""), RUN, 1).kind == "leave"


def test_a_healthy_node_costs_the_controller_nothing():
    assert not wants_controller(judge(GOOD, {}), {}, None)
    assert not wants_controller(judge(GOOD, {}), {"drained": False}, 3)


def test_its_own_reason_is_kept_while_the_codes_are_the_same():
    judged = judge(NO_MEMORY, {})
    assert next_step(judged, {}, ("IDLE+DRAIN", OURS), RUN, None).kind == "leave"
    older = f"millwright:health:{RUN} FS_MISSING /scratch"
    assert next_step(judged, {}, ("IDLE+DRAIN", older), RUN, None) == Step("drain", OURS)


def test_it_resumes_its_own_after_enough_good_runs_and_only_if_told_to():
    memory = {}
    for _ in range(2):
        judged = judge(GOOD, memory)
    assert next_step(judged, memory, ("IDLE+DRAIN", OURS), RUN, 3).kind == "leave"
    judged = judge(GOOD, memory)
    assert next_step(judged, memory, ("IDLE+DRAIN", OURS), RUN, None).kind == "leave"
    assert next_step(judged, memory, ("IDLE+DRAIN", OURS), RUN, 3).kind == "resume"
    judge(BLIND, memory)
    assert memory["good_runs"] == 0


@given(st.text(max_size=400))
def test_a_hostile_detail_never_leaves_the_reason(detail):
    reason = drain_reason(RUN, ["FS_MISSING"], detail)
    assert reason.startswith(f"millwright:health:{RUN} FS_MISSING")
    assert len(reason) <= 200
    assert not set(reason) & set("\"'\\`$\n\r")
    assert set(reason) <= set(string.printable)


def test_codes_are_for_people_to_look_up():
    for code, fault in CATALOGUE.items():
        assert code.isupper()
        assert fault.means and fault.remedy and fault.runs >= 1
    assert codes(judge({**NO_MEMORY, **DEAD_SERVICE}, {"seen": {"services|SERVICE_DEAD": 1}})) == [
        "MEM_MISSING",
        "SERVICE_DEAD",
    ]


def test_the_reference_page_tells_of_every_code():
    page = (Path(__file__).resolve().parents[3] / "docs/reference/node-health.md").read_text()
    for code, fault in CATALOGUE.items():
        assert f"| `{code}` |" in page
        assert f"| {fault.means} | {fault.remedy} |" in page
