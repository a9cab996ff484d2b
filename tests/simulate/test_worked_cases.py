"""Every worked case of ``tests/simulate/cases/`` comes out; a file that is added there is run as it is."""

import math
from pathlib import Path

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

CASES = {
    case["id"]: case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in (yaml.safe_load(path.read_text()) or {}).get("oracles", [])
}


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


FORMULAS = {
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
        assert found[key] == pytest.approx(value, rel=1e-6, abs=1.1e-6), key
