"""A simulated job keeps what the closed form says, and loses what its failures take."""

import numpy as np
import pytest
import yaml

from millwright.simulate.examples import example_text
from millwright.simulate.goodput.closed_form import Renewal, best_work_s, goodput
from millwright.simulate.goodput.outcome import renewal_of, simulate_goodput, why_not_closed
from millwright.simulate.goodput.scenario import GoodputScenario, find_problems


def quantity(value, unit):
    return {"value": value, "unit": unit, "source": "test", "kind": "assumed"}


def scenario(**changes):
    plain = {
        "format": "millwright-goodput-scenario/1",
        "title": "test",
        "accelerators": 100_000,
        "accelerators_per_node": 8,
        "lasts": quantity(90, "d"),
        "draws": 400,
        "failures": [{"name": "any", "rate": quantity(1824.372086, "s")}],
        "checkpoint": {"time": quantity(30, "s")},
        "restart": {"restore": quantity(600, "s")},
    }
    return GoodputScenario.model_validate(plain | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"restart": {"restore": quantity(180, "s"), "replacement": quantity(60, "s")}},
        {"failures": [{"name": "any", "rate": quantity(2, "h"), "detected_after": quantity(5, "min")}]},
        {
            "checkpoint": {
                "mode": "asynchronous",
                "time": quantity(60, "s"),
                "stops_work_for": quantity(3, "s"),
            }
        },
        {
            "failures": [
                {"name": "a", "rate": quantity(2, "h")},
                {"name": "b", "rate": quantity(1, "h"), "detected_after": quantity(10, "min")},
            ]
        },
    ],
    ids=["synchronous", "downtime", "hangs", "asynchronous", "two classes"],
)
def test_the_simulation_meets_the_closed_form(changes):
    found = simulate_goodput(scenario(**changes))
    assert found.method == "closed form"
    assert abs(found.simulated_goodput - found.goodput) <= max(0.002, 4 * found.standard_error)
    assert abs(found.simulated_goodput - found.goodput) <= 0.002


def test_kept_and_lost_time_add_up_to_the_whole_with_everything_that_can_happen():
    text = yaml.safe_load(example_text("goodput"))
    text["lemons"] = {"share": 0.001, "factor": 50, "removed_after": 3}
    text["failures"][0] |= {"distribution": "weibull", "shape": 0.7}
    text["pool"] = {"spares": 10, "repair_crew": 5, "least_share": 0.99}
    text["draws"] = 200
    found = simulate_goodput(GoodputScenario.model_validate(text))
    assert found.simulated_goodput + sum(found.badput.values()) == pytest.approx(1, abs=1e-9)
    assert found.badput["custom_badput_events.no_spare"] > 0
    assert found.badput["custom_badput_events.fewer_nodes"] > 0
    assert found.failures["lemon nodes"] == pytest.approx(13 * 3, rel=0.2)
    assert len(found.not_closed) == 5


def test_too_few_spares_cost_time_and_enough_do_not():
    failing = {
        "name": "node",
        "rate": quantity(1, "h"),
        "needs_node": 1,
        "repair": {"mean": quantity(24, "h")},
    }
    short, enough = (
        simulate_goodput(scenario(failures=[failing], pool={"spares": spares})) for spares in (20, 60)
    )
    assert short.badput["custom_badput_events.no_spare"] > 0.05
    assert enough.badput["custom_badput_events.no_spare"] < 0.001
    assert short.goodput < enough.goodput


def test_a_silent_corruption_costs_more_than_a_stop():
    stop = simulate_goodput(scenario(failures=[{"name": "a", "rate": quantity(5, "h")}]))
    silent = simulate_goodput(
        scenario(
            failures=[
                {
                    "name": "a",
                    "rate": quantity(5, "h"),
                    "effect": "corrupt",
                    "detected_after": quantity(1, "h"),
                }
            ]
        )
    )
    assert silent.method == "simulation"
    assert stop.goodput - silent.goodput > 0.1


def test_bursts_of_failures_cost_less_than_evenly_spread_ones():
    def of(distribution, shape):
        failing = {"name": "a", "rate": quantity(1, "h"), "distribution": distribution, "shape": shape}
        return simulate_goodput(scenario(failures=[failing])).goodput

    assert of("weibull", 0.6) > of("exponential", 1) > of("fixed", 1)


def test_the_same_seed_gives_the_same_draws_and_another_does_not():
    first, again, other = (simulate_goodput(scenario(seed=seed, draws=100)).draws for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_the_first_order_formula_is_refused_where_it_is_off_by_more_than_a_point():
    assert simulate_goodput(scenario(draws=100)).first_order is None
    rare = scenario(draws=100, failures=[{"name": "a", "rate": quantity(20, "d")}])
    assert simulate_goodput(rare).first_order is not None


def test_the_bandwidth_asked_for_reaches_the_target():
    wanted = scenario(
        draws=100,
        checkpoint={"state": quantity(20, "TB"), "bandwidth": quantity(500, "GB/s")},
        restart={"restore": quantity(120, "s")},
        target={"goodput": 0.85},
    )
    tender = simulate_goodput(wanted).tender
    seconds = 20e12 / (tender.checkpoint_bandwidth_gb_s * 1e9)
    job = Renewal(renewal_of(wanted).mtti_s, seconds, 120)
    assert goodput(job, best_work_s(job)) == pytest.approx(0.85, abs=1e-6)


def test_a_target_that_no_bandwidth_reaches_has_none():
    wanted = scenario(draws=100, target={"goodput": 0.99})
    assert simulate_goodput(wanted).tender.longest_checkpoint_s is None


def test_what_the_closed_form_does_not_contain_is_named():
    text = yaml.safe_load(example_text("goodput"))
    assert why_not_closed(GoodputScenario.model_validate(text)) == (
        "silent corruption is silent",
        "planned interruptions",
        "spares may run out",
    )


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("MW8060", {"checkpoint": {"time": quantity(1, "h")}}),
        (
            "MW8061",
            {
                "checkpoint": {
                    "mode": "asynchronous",
                    "time": quantity(200, "s"),
                    "stops_work_for": quantity(3, "s"),
                    "every": quantity(100, "s"),
                }
            },
        ),
        ("MW8062", {"failures": [{"name": "a", "rate": quantity(1, "h"), "needs_node": 0.5}]}),
        ("MW8063", {"failures": [{"name": "a", "rate": quantity(1, "h"), "effect": "corrupt"}]}),
        ("MW8064", {"failures": [{"name": "a", "rate": quantity(1, "h"), "nodes": 20_000}]}),
        ("MW8065", {"failures": [{"name": "a", "rate": quantity(1, "h")}] * 2}),
        ("MW8066", {"planned": [{"every": quantity(1, "h"), "lasts": quantity(2, "h")}]}),
    ],
)
def test_values_that_do_not_go_together_are_found(code, changes):
    assert [finding.code for finding in find_problems(scenario(**changes))] == [code]


def test_simulated_nodes_in_repair_are_those_of_palm():
    failing = {
        "name": "node",
        "rate": quantity(1, "h"),
        "needs_node": 1,
        "repair": {"mean": quantity(24, "h"), "distribution": "lognormal", "shape": 1},
    }
    found = simulate_goodput(scenario(failures=[failing], pool={"spares": 200}))
    assert 40 <= found.most_in_repair <= 70
    assert np.isclose(found.badput["custom_badput_events.no_spare"], 0)
