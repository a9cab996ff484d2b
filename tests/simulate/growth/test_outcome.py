"""Growth by hand: each limit, what binds when, retirement, and variants."""

import copy

import pytest
import yaml

from millwright.simulate.examples import example_text
from millwright.simulate.growth.outcome import month_text, simulate_growth
from millwright.simulate.growth.scenario import GrowthScenario, find_problems, month_number

EXAMPLE = yaml.safe_load(example_text("growth"))


def course(name="as planned", **changes):
    scenario = GrowthScenario.model_validate(copy.deepcopy(EXAMPLE) | changes)
    found = {each.name: each for each in simulate_growth(scenario).courses}[name]
    return found, {month_text(each.month): each for each in found.moments}


def test_limits_by_hand():
    """14,000 x 1.4 kW; 30 MW at the meter and PUE 1.2; 25 MW permitted; 90 MW at most."""
    _, months = course()
    start = months["2027-01"]
    expected = {"hardware": 19.6, "permit": 25, "grid": 25, "envelope": 75}
    assert start.limits_mw == pytest.approx(expected)
    assert (start.installed_mw, start.accelerators) == (pytest.approx(19.6), 14_000)
    assert start.binding == ("delivery",)
    assert start.waiting_mw == 0


def test_what_binds_when():
    found, _ = course()
    periods = [(names, month_text(first), month_text(last)) for names, first, last in found.binding_periods()]
    assert periods == [
        (("delivery",), "2027-01", "2028-12"),
        (("permit", "grid"), "2029-01", "2030-12"),
        (("grid",), "2031-01", "2031-06"),
        (("permit", "grid", "envelope"), "2031-07", "2031-12"),
        (("retirement",), "2032-01", "2037-01"),
    ]


def test_the_target_is_a_path_of_one_rate_and_is_reached_when_the_grid_comes():
    found, months = course()
    assert found.goal == pytest.approx(3 * 19.6)
    assert months["2030-01"].target == pytest.approx(19.6 * 3**0.5)
    assert months["2036-01"].target == pytest.approx(58.8)
    assert month_text(found.reached_month) == "2031-07"
    assert months["2031-07"].installed_mw == pytest.approx(75)
    assert months["2031-07"].waiting_mw == pytest.approx(4.6)
    assert months["2032-01"].installed_mw == pytest.approx(60)
    assert months["2035-01"].installed_mw == pytest.approx(40)
    assert not months["2035-01"].is_met


def test_a_faster_permit_alone_moves_nothing_while_the_grid_binds():
    planned, _ = course()
    faster, months = course("faster permit")
    assert months["2029-01"].binding == ("grid",)
    assert faster.reached_month == planned.reached_month
    late, _ = course("grid a year late")
    assert late.reached_month is None or late.reached_month > planned.reached_month


def test_the_newest_accelerators_run_first_and_count_by_their_speed():
    """25 MW in 2029: 10,000 of lot 2 take 20 MW, and 5 MW feed 3,571 of lot 1."""
    target = EXAMPLE["target"] | {"measured_in": "equivalents"}
    _, months = course(target=target)
    assert months["2029-01"].accelerators == 10_000 + 3_571
    assert months["2029-01"].equivalents == pytest.approx(10_000 * 2.5 + 3_571)
    assert months["2029-01"].reached == months["2029-01"].equivalents


def test_a_short_permit_is_remarked():
    scenario = GrowthScenario.model_validate(EXAMPLE)
    (remark,) = simulate_growth(scenario).remarks
    assert "24 months" in remark
    assert "48" in remark


LATER = [EXAMPLE["lots"][1]]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MW7720", {"lots": LATER}),
        ("MW7721", {"lots": [*EXAMPLE["lots"], EXAMPLE["lots"][0]]}),
        ("MW7722", {"variants": [{"name": "same"}]}),
        ("MW7588", {"life": {"value": 1e9, "unit": "year", "source": "x", "kind": "assumed"}}),
        ("MW7588", {"envelope": {"value": 1e300, "unit": "MW", "source": "x", "kind": "assumed"}}),
    ],
)
def test_a_scenario_that_can_not_be_is_refused(code, change):
    scenario = GrowthScenario.model_validate(copy.deepcopy(EXAMPLE) | change)
    assert code in [finding.code for finding in find_problems(scenario)]


def test_months_count():
    assert month_number("2027-01") - month_number("2026-12") == 1
    assert month_text(month_number("2031-07")) == "2031-07"
