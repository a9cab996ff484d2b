"""Every worked case of ``tests/simulate/cases/`` comes out; a file that is added there is run as it is."""

import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from millwright.simulate.goodput.closed_form import Renewal, first_order_goodput, goodput, segment_s
from millwright.simulate.goodput.interval import daly_s, exact_s, young_s
from millwright.simulate.goodput.published import (
    ettr,
    interruptions,
    mean_loss_min,
    mttf_h,
    waste_ratio,
)
from millwright.simulate.goodput.repair import (
    mean_in_repair,
    repair_crew,
    share_without,
    spares_for,
)
from millwright.simulate.queue.analytic import (
    PriorityClass,
    conserved,
    mg1_wait_h,
    mmc,
    preemptive_times_h,
    priority_waits_h,
)
from millwright.simulate.queue.jobs import Jobs
from millwright.simulate.queue.policy import POLICIES, Mode
from millwright.simulate.queue.schedule import make_schedule

FILES = [
    yaml.safe_load(path.read_text()) or {}
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
]
TRACES = {trace["id"]: trace for content in FILES for trace in content.get("traces", [])}
CASES = {case["id"]: case for content in FILES for case in content.get("oracles", [])}


def intervals(given):
    return {
        "young_s": young_s(given["checkpoint_s"], given["mtti_s"]),
        "daly_s": daly_s(given["checkpoint_s"], given["mtti_s"]),
        "exact_s": exact_s(given["checkpoint_s"], given["mtti_s"]),
    }


def makespans(given):
    job = Renewal(given["mtti_s"], given["checkpoint_s"], given["recovery_s"], given["downtime_s"])
    work, best = given["work_between_checkpoints_s"], exact_s(given["checkpoint_s"], given["mtti_s"])
    return {
        "expected_seconds_per_segment": segment_s(job, work),
        "goodput": goodput(job, work),
        "goodput_at_exact_optimum": goodput(job, best),
        "exact_interval_s": best,
        "first_order_goodput": first_order_goodput(job, work),
    }


def spares(given):
    rate = given["failures_per_accelerator_hour"] * given["accelerators"] * given["share_needing_a_node"]
    mean = mean_in_repair(rate, given["mean_repair_h"])
    return {
        "mean_in_repair": mean,
        "spares_95": spares_for(mean, 0.95),
        "spares_99": spares_for(mean, 0.99),
        "spares_999": spares_for(mean, 0.999),
        "p_more_than_mean_rounded_up": share_without(mean, math.ceil(mean)),
    }


def repairs(given):
    crew = repair_crew(
        given["nodes"],
        given["repairers"],
        given["failures_per_node_hour"],
        given["repairs_per_repairer_hour"],
    )
    return {
        "mean_down": crew.mean_down,
        "availability": crew.availability,
        "failures_per_hour": crew.failures_per_h,
        "p_none_down": crew.p_none_down,
    }


def llama(given):
    found = interruptions(
        accelerators=given["accelerators"],
        days=given["days"],
        by_cause=given["by_cause"],
        planned=given["planned"],
    )
    all_of_them = found.unexpected + given["planned"]
    job = Renewal(given["days"] * 86400 / all_of_them, 20, 300)
    assert goodput(job, exact_s(20, job.mtti_s)) > 0.9
    return {
        "sum_of_causes": found.unexpected,
        "mtti_unexpected_h": found.mtti_unexpected_h,
        "mtti_all_h": found.mtti_all_h,
        "accelerator_hours_per_unexpected": found.accelerator_hours_per_unexpected,
        "poisson_95_interval_of_a_54_day_run": list(found.poisson_interval),
        "effective_time_above": 0.9,
        "largest_mean_loss_per_interruption_min": mean_loss_min(
            days=given["days"], effective_share=0.9, count=all_of_them
        ),
    }


def rsc(given):
    found = [
        mttf_h(given["failures_per_node_day"], given["accelerators_per_node"], count)
        for count in given["accelerators"]
    ]
    return {"mttf_h": found}


def ettrs(given):
    found = ettr(
        nodes=given["nodes"],
        failures_per_node_day=given["failures_per_node_day"],
        restart_s=given["restart_min"] * 60,
        interval_s=given["interval_min"] * 60,
        write_s=given["checkpoint_write_min"] * 60,
    )
    return {"ettr_closed_form": found.closed_form, "goodput_exact": found.exact, "valid": found.is_valid}


def erlang(given):
    found = mmc(given["arrivals_per_h"], given["services_per_h"], given["servers"])
    return {
        "p_wait": found.p_wait,
        "mean_wait_h": found.mean_wait_h,
        "utilisation": found.utilisation,
    }


def priorities(given):
    classes = [
        PriorityClass(*each)
        for each in zip(given["arrivals_per_h"], given["mean_h"], given["second_moment_h2"], strict=True)
    ]
    waits = priority_waits_h(classes)
    kept = sum(each.load * wait for each, wait in zip(classes, waits, strict=True))
    assert kept == pytest.approx(conserved(classes))
    return {
        "mean_wait_h": list(waits),
        "preemptive_resume_time_in_system_h": list(preemptive_times_h(classes)),
        "conservation": conserved(classes),
    }


def pollaczek(given):
    wait = mg1_wait_h(given["arrivals_per_h"], given["mean_h"], given["second_moment_h2"])
    return {"mean_wait_h": wait}


FORMULAS = {
    "mmc": erlang,
    "mg1": pollaczek,
    "priority": priorities,
    "interval": intervals,
    "makespan": makespans,
    "spares": spares,
    "repair": repairs,
    "llama3": llama,
    "rsc": rsc,
    "ettr": ettrs,
    "gemini": lambda given: {"waste_ratio": waste_ratio(given["before"], given["after"])},
}


@pytest.mark.parametrize("name", [name for name in CASES if name.rsplit("-", 1)[0] in FORMULAS])
def test_a_formula_gives_the_worked_values(name):
    case = CASES[name]
    found = FORMULAS[name.rsplit("-", 1)[0]](case["inputs"])
    expected = {key: value for key, value in case["expect"].items() if key in found}
    assert expected
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-6, abs=5.1e-7), key


def scheduled(trace, policy):
    """A schedule of a trace; modes that it does not rank are equal."""
    jobs = trace["jobs"]
    names = sorted({job.get("mode", "all") for job in jobs})
    preempts, priority = trace.get("preempt") or {}, trace.get("priority") or {}
    modes = [Mode(name, priority.get(name, 0), tuple(preempts.get(name, ()))) for name in names]
    columns = [
        np.array([job[key] for job in jobs], dtype=np.int64) for key in ("submit", "nodes", "run", "req")
    ]
    mode = np.array([names.index(job.get("mode", "all")) for job in jobs], dtype=np.int64)
    return make_schedule(Jobs(*columns, mode), trace["nodes"], POLICIES[policy], modes)


@pytest.mark.parametrize(
    ("name", "policy"), [(name, policy) for name, trace in TRACES.items() for policy in trace["expect"]]
)
def test_a_trace_is_scheduled_second_by_second(name, policy):
    trace = TRACES[name]
    made = scheduled(trace, policy)
    expected = trace["expect"][policy]
    starts = {job["id"]: made.starts_of(place) for place, job in enumerate(trace["jobs"])}
    assert {key: starts[key] for key in expected} == {
        key: tuple(value) if isinstance(value, list) else (value,) for key, value in expected.items()
    }
    assert [trace["jobs"][place]["id"] for place in made.too_wide] == trace.get("refused", [])
    assert made.lost_node_s == trace.get("lost_node_seconds", made.lost_node_s)


def test_every_kind_of_case_is_tested():
    assert {name.rsplit("-", 1)[0] for name in CASES} <= set(FORMULAS)
    assert len(CASES) >= 20
    assert len(TRACES) >= 9
