"""Worked examples with exact results: each file names its rules, inputs, sources and expected values.

They were computed without Millwright's code. A file of a kind below is found by its `id`, so further files of
the same kind only need to be put beside the others.
"""

import datetime
import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from millwright.checks.declaration import Better, Statistic
from millwright.core.claims import SourceKind
from millwright.core.units import NodeHours, convert, convert_hours
from millwright.economics import green500, power_level, site_energy, tco, union_share, waterfall
from millwright.economics.interruptions import accept_probability, time_between
from millwright.facility.model import CommitmentClass
from millwright.statistics.interval import interval_ranks, reached_coverage
from millwright.statistics.sign_test import fewest_repetitions
from millwright.tenders import award, claims, index, stability
from millwright.verdicts.deviation import deviation
from millwright.verdicts.family import Repetitions, judge_family
from millwright.verdicts.judge import judge
from millwright.verdicts.reference import Reference

FILES = sorted((Path(__file__).parent / "data" / "oracles" / "report").glob("*.yaml"))
DATE = datetime.date(2026, 1, 1)
KINDS: dict[str, Callable] = {}


def kind(name):
    def register(function):
        KINDS[name] = function
        return function

    return register


def close(found, expected, relative=1e-9, where=""):
    """Numbers within the tolerance that the files state, everything else exactly."""
    if isinstance(expected, dict):
        assert set(found) == set(expected), where
        for key, value in expected.items():
            close(found[key], value, relative, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            close(one, other, relative, f"{where}[{number}]")
    elif isinstance(expected, bool) or expected is None or isinstance(expected, str):
        assert found == expected, where
    else:
        assert math.isclose(float(found), float(expected), rel_tol=relative, abs_tol=0.0), (
            f"{where}: {found} is not {expected}"
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_worked_example_comes_out(path):
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    KINDS[data["id"]](data)


def reference(value, better, *, tolerance=0.0, unit="count", statistic=Statistic.MEDIAN):
    read, scored = SourceKind.READ, CommitmentClass.SCORED
    return Reference(value, unit, tolerance, better, "contract", read, DATE, scored, statistic)


@kind("median-interval-ranks")
def check_ranks(data):
    for case in data["expect"]:
        ranks = interval_ranks(case["n"])
        low, high = (rank + 1 for rank in ranks) if ranks else (None, None)
        close({"n": case["n"], "low": low, "high": high, "coverage": reached_coverage(case["n"])}, case)


@kind("multiplicity-fewest-repetitions")
def check_fewest(data):
    for case in data["expect"]:
        found = fewest_repetitions(case["tests"])
        assert found == case["fewest_repetitions_for_a_FAIL_after_Holm_one_sided_5_percent"]


@kind("multiplicity-holm-and-iut")
def check_family(data):
    found = judge_family({name: Repetitions(each["n"], each["miss"]) for name, each in data["input"].items()})
    for name, each in data["expect"].items():
        one = found[name]
        told = {
            "p_fail": one.p_fail,
            "p_fail_holm": one.p_fail_holm,
            "p_pass": one.p_pass,
            "fail_uncorrected": one.fails_uncorrected,
            "verdict": one.verdict.value,
        }
        close(told, each, where=name)


@kind("correctness-is-not-a-median")
def check_defects(data):
    asked = data["input"]
    limit = reference(float(asked["limit"]), Better(asked["better"]), statistic=Statistic.DEFECTS)
    found = [judge(case["values"], limit).verdict.value for case in asked["cases"]]
    assert found == data["expect"]["verdicts"]


@kind("committed-vs-measured")
def check_deviation(data):
    for case in data["expect"]:
        better = Better(case["better"])
        limit = reference(
            float(case["committed"]), better, tolerance=float(case["tolerance"]), unit=case["unit"]
        )
        close(limit.limit, case["limit"])
        close(deviation(case["measured"], case["committed"], better), case["deviation"])
        close(deviation(case["measured"], limit.limit, better), case["margin_to_limit"])
        assert limit.is_met_by(case["measured"]) is case["meets_limit"]
        judged = judge([float(case["measured"])] * 6, limit)
        close(judged.deviation, case["deviation"])
        close(judged.margin, case["margin_to_limit"])


def exact(value):
    """The decimal number that is written in the file."""
    return Fraction(str(value))


def fractions(mapping):
    return {name: exact(value) for name, value in mapping.items()}


@kind("mtti-interval")
def check_time_between(data):
    for case in data["expect"]:
        found = time_between(case["hours"], case["interruptions"])
        told = {name: getattr(found, name) for name in ("estimate", "low", "high", "one_sided_low")}
        close(told, {name: case[name] for name in told})
    zero = data.get("check", {}).get("one_sided_low_of_zero")
    if zero:
        close(time_between(data["expect"][0]["hours"], 0).one_sided_low, zero)


@kind("acceptance-operating-curve")
def check_curve(data):
    for case in data["expect"]:
        found = accept_probability(case["test_hours"], case["allowed"], case["true_mtti_hours"])
        close(found, case["p_accept"])


@kind("green500-claix-2023")
def check_green500(data):
    for part in ("gpu", "cpu"):
        case = data["expect"][part]
        full = case.get("full_run_power_w")
        found = green500.efficiency(
            *(exact(case[name]) for name in ("rmax_tflops", "rpeak_tflops", "core_power_w", "core_s")),
            exact(full) if full else None,
        )
        close(found.gflops_per_w, case["gflops_per_w"], 1e-9)
        close(found.rmax_over_rpeak, case["rmax_over_rpeak"], 1e-9)
        if "core_energy_kwh" in case:
            close(found.core_energy_kwh, case["core_energy_kwh"], 1e-9)
        trap = re.search(r"would give the GPU part ([\d.]+)", data["expect"].get("trap", ""))
        if trap and part == "gpu":
            assert round(float(found.with_full_run_power), 3) == float(trap[1])


@kind("eehpcwg-levels")
def check_levels(data):
    for case in data["expect"]:
        given, fraction = case["input"], case["input"]["fraction"]
        sets = fraction.get("sets") or (
            [{"nodes_measured": fraction["nodes_measured"], "nodes_total": fraction["nodes_total"]}]
            if "nodes_measured" in fraction
            else []
        )
        found = power_level.power_level(
            timing=power_level.Timing(
                core_s=exact(given["core_s"]),
                sample_hz=exact(given["sample_hz"]),
                core_covered=given["core_covered"],
                reading_interval_s=exact(given["reading_interval_s"]),
                core_readings=given["core_readings"],
                full_run_covered=given["full_run_covered"],
                idle_measured=given["idle_measured"],
                uncovered_s=exact(given["uncovered_s"]),
                uncovered_each_end_s=exact(given["uncovered_each_end_s"]),
                is_energy=given["meter"]["kind"] == "energy",
            ),
            fraction=power_level.MachineFraction(
                fraction["entire"],
                [power_level.NodeSet(each["nodes_measured"], each["nodes_total"]) for each in sets],
                exact(fraction.get("kw_measured", 0)),
            ),
            subsystems={n: power_level.Coverage(each) for n, each in given["subsystems"].items()},
            location=power_level.Location(given["location"]),
            meters=power_level.Meters(
                given["meter"]["count"],
                exact(given["meter"]["error_percent"]),
                given["meter"]["identical_fractions"],
            ),
        )
        told = {name: level or "none" for name, level in found.aspects.items()}
        assert {"aspects": told, "level": found.level or "none"} == case["expect"], case["name"]


@kind("pue-year")
def check_pue(data):
    given, expect = data["input"], dict(data["expect"])
    months = {name: [exact(value) for value in each] for name, each in given["months"].items()}
    green = given["renewables"]
    found = site_energy.site_energy(
        given["year"],
        given.get("first_month", 1),
        site_energy.Months(months["E_IT"], months["E_DC"], months["W_IN"], months["E_REUSE"]),
        site_energy.Renewables(
            exact(green["guarantees_of_origin"]),
            exact(green["ppa"]),
            exact(green["ppa_whose_guarantees_were_sold"]),
            exact(green["on_site"]),
        ),
        exact(given["grid_emission_factor_kg_per_kwh"]),
    )
    told = {
        "E_DC_MWh": found.e_dc_mwh,
        "E_IT_MWh": found.e_it_mwh,
        "W_IN_m3": found.w_in_m3,
        "PUE": found.pue,
        "WUE_m3_per_MWh": found.wue_m3_per_mwh,
        "ERF": found.erf,
        "E_RES_TOT_MWh": found.e_res_tot_mwh,
        "REF": found.ref,
        "CUE_kg_per_kWh_grid_average": found.cue_kg_per_kwh,
        "trap_mean_of_monthly_pue": found.mean_of_monthly_pue,
        "months": found.months,
        "period": f"{found.first_day} to {found.last_day}",
    }
    close(told, expect)


@kind("tco-5-years")
def check_tco(data):
    g, expect = data["input"], dict(data["expect"])
    traps = expect.pop("traps")
    operation = tco.Operation(
        it_power_kw=exact(g["it_power_kw_average"]),
        pue=exact(g["pue"]),
        tariff_eur_per_kwh=exact(g["tariff_eur_per_kwh"]),
        wue_l_per_kwh_it=exact(g["water"]["wue_l_per_kwh_it"]),
        water_eur_per_m3=exact(g["water"]["price_eur_per_m3"]),
        erf=exact(g["heat"]["erf"]),
        heat_eur_per_kwh=exact(g["heat"]["price_eur_per_kwh_th"]),
        accelerators=g["accelerators"],
        availability=exact(g["availability"]),
        allocated_share=exact(g["allocated_share"]),
        goodput=exact(g["goodput"]),
        hours_per_year=g["hours_per_year"],
    )
    yearly = {name: exact(g[f"{name}_eur_per_year"]) for name in ("maintenance", "staff", "floor")}
    financing = tco.Financing(exact(g["discount_rate"]), g["years"], tco.Convention(g["convention"]))
    found = tco.total_cost(sum(map(exact, g["capex_eur"].values())), yearly, operation, financing)
    lines = found.lines_first_year
    told = {
        "it_energy_kwh_per_year": found.it_energy_kwh_per_year,
        "meter_energy_kwh_per_year": found.meter_energy_kwh_per_year,
        "electricity_eur_per_year": lines["electricity"],
        "water_eur_per_year": lines["water"],
        "heat_credit_eur_per_year": -lines["heat_credit"],
        "opex_eur_per_year": found.opex_first_year,
        "undiscounted_total_eur": found.undiscounted_total,
        "net_present_cost_eur": found.net_present_cost,
        "productive_accelerator_hours_per_year": found.productive_hours_per_year,
        "eur_per_productive_accelerator_hour_undiscounted": found.per_hour_undiscounted,
        "eur_per_productive_accelerator_hour_levelised": found.per_hour_levelised,
    }
    close(told, expect)
    mixed = found.net_present_cost / (found.productive_hours_per_year * g["years"])
    close(mixed, traps["mixed_unit_cost_wrong"])
    assert found.per_hour_levelised != mixed
    close(lines["electricity"] * operation.pue, traps["pue_twice_eur_per_year"])


@kind("union-share")
def check_union(data):
    g = data["input"]
    hours = union_share.AccessTimes(
        exact(g["existing_accelerator_hours"]),
        exact(g["total_access_time_hours"]),
        exact(g["used_by_union_hours"]),
        exact(g["used_by_all_hours"]),
    )
    found = union_share.union_share(
        exact(g["contribution_eur"]), exact(g["total_cost_of_ownership_eur"]), exact(g["ceiling"]), hours
    )
    told = {
        "uncapped_share": found.uncapped_share,
        "entitled_share": found.entitled_share,
        "entitled_hours": found.entitled_hours,
        "used_of_total_access": found.used_of_total_access,
        "used_of_used": found.used_of_used,
        "used_of_existing": found.used_of_existing,
        "above_entitlement": found.is_above_entitlement,
        "above_ceiling": found.is_above_ceiling,
        "over_or_under_entitlement_hours": found.over_entitlement_hours,
    }
    close(told, data["expect"])


def moment(text):
    return datetime.datetime.fromisoformat(text)


def outages(given):
    return [
        waterfall.Outage(each["nodes"], moment(each["start"]), moment(each["end"])) for each in given or ()
    ]


@kind("waterfall-two-days")
def check_waterfall(data):
    g, expect = data["input"], dict(data["expect"])
    jobs = [
        waterfall.Job(
            job["id"],
            job["nodes"],
            moment(job["start"]),
            moment(job["end"]),
            job.get("state", "COMPLETED"),
            moment(job["lost_from"]) if "lost_from" in job else None,
        )
        for job in g["jobs"]
    ]
    period = tuple(map(moment, g["period"]))
    machine = waterfall.Machine(g["accelerators_per_node"], g["nodes"], {})
    kinds = {name: outages(g.get(name)) for name in ("maintenance", "unplanned", "drained")}
    found = waterfall.waterfall(period, machine, jobs=jobs, **kinds)
    trap = expect.pop("trap_unplanned_if_overlap_counted_twice", None)
    if trap is not None:
        alone = waterfall.waterfall(period, machine, unplanned=kinds["unplanned"])
        assert alone.unplanned == trap != found.unplanned
    told = {name: getattr(found, name) for name in expect if hasattr(found, name)}
    told["utilisation_of_total"] = found.utilisation
    told["goodput_of_allocated"] = found.goodput
    close(told, expect)


@kind("ssni-lanl")
def check_ssni(data):
    g, expect = data["input"], data["expect"]
    weights = fractions(g["weights"])
    for name, case in g.items():
        if not name.startswith("example"):
            continue
        chosen = case.get("benchmarks", list(weights))
        ratios = fractions(case["S"]) if "S" in case else dict.fromkeys(chosen, exact(case["S_all"]))
        nodes = Fraction(case["nodes"], g["reference_nodes"])
        found = index.geometric_index(ratios, weights, nodes)
        close(found.value, expect[name])
        assert bool(found.missing) == ("benchmarks" in case)
        if f"{name}_smallest" in expect:
            least = expect[f"{name}_smallest"]
            assert (found.smallest.benchmark, float(found.smallest.ratio)) == (least["benchmark"], least["S"])
            assert found.smallest.exceeds_one is ("violates" not in least)


def offers_of(g):
    """Ratios and index by offer."""
    marks = g["benchmarks"]
    weights = {name: exact(each["weight"]) for name, each in marks.items()}
    ratios = {
        offer: {
            name: index.ratio(
                exact(each["committed"][name]), exact(mark["reference"]), Better(mark["better"])
            )
            for name, mark in marks.items()
        }
        for offer, each in g["offers"].items()
    }
    return weights, ratios, {offer: index.geometric_index(found, weights) for offer, found in ratios.items()}


@kind("offers-basic")
def check_offers(data):
    g, expect = data["input"], data["expect"]
    _, _, indexes = offers_of(g)
    limits = {
        name: reference(float(each["limit"]), Better(each["better"])) for name, each in g["mandatory"].items()
    }
    admissible = {}
    for offer, each in g["offers"].items():
        broken = [n for n, limit in limits.items() if not limit.is_met_by(each["committed"][n])]
        admissible[offer] = not broken
        found, told = indexes[offer], expect["offers"][offer]
        assert (not broken) is told["admissible"]
        assert len(broken) == len(told["violations"])
        close(found.ratios, told["S"])
        close(found.value, told["index"])
        least = found.smallest
        close(
            {
                "benchmark": least.benchmark,
                "S": least.ratio,
                "below_one": least.is_below_one,
            },
            told["smallest"],
        )
    bids = {
        name: award.Bid(exact(each["price_eur"]), Fraction(indexes[name].value))
        for name, each in g["offers"].items()
        if admissible[name]
    }
    for formula, ranking in expect["ranking"].items():
        rules = award.Rules(
            award.Formula(formula),
            exact(g["weights"]["quality"]),
            exact(g["weights"]["price"]),
            ceiling=exact(g["price_ceiling_eur"]),
            floor=exact(g["price_floor_eur"]),
            quality_of_best=True,
        )
        found = award.rank(bids, rules)
        assert list(found.order) == ranking
        for name, one in found.scores.items():
            close(one.quality_points, expect["quality_points"][name])
            close(one.price_points, expect["price_points"][name][formula])
            close(one.total, expect["totals"][formula][name])


@kind("offers-rank-reversal")
def check_reversal(data):
    g, expect = data["input"], data["expect"]
    bids = {n: award.Bid(exact(o["price"]), exact(o["quality_points"])) for n, o in g["offers"].items()}
    rules = award.Rules(award.Formula(g["formula"]), exact(g["quality_weight"]), exact(g["price_weight"]))
    three = award.rank(bids, rules)
    assert list(three.order) == expect["ranking_of_three"]
    two = award.rank({name: bids[name] for name in expect["two_offers"]}, rules)
    for found, told in ((two, expect["two_offers"]), (three, expect["three_offers"])):
        for name, one in found.scores.items():
            close({"price_points": one.price_points, "total": one.total}, told[name])
    assert two.winners == (expect["winner_of_two"],)
    assert award.depends_on_losers(award.leave_one_out(bids, rules)) is expect["depends_on_irrelevant_offer"]


@kind("offers-stability")
def check_stability(data):
    basic = next(path for path in FILES if path.stem == data["input"]["see"])
    g, expect = yaml.safe_load(basic.read_text(encoding="utf-8"))["input"], data["expect"]
    weights, ratios, _ = offers_of(g)
    moved = next(iter(g["benchmarks"]))
    for share, told in expect["index_at"].items():
        found = {o: stability.index_at(each, weights, moved, exact(share)) for o, each in ratios.items()}
        close(found, told)
    energy = {
        name: stability.energy_at_meter_kwh(
            exact(each["power_kw"]), exact(each["committed"]["pue"]), Fraction(5)
        )
        for name, each in g["offers"].items()
    }
    close({name: each / 1000 for name, each in energy.items()}, expect["energy_5y_mwh_at_meter"])
    for pair, told in expect["weight_where_equal"].items():
        one, other = pair.split("-")
        close(stability.weight_where_equal(ratios[one], ratios[other], weights, moved), told)
    for pair, told in expect["break_even_tariff_eur_per_kwh"].items():
        prices = [exact(g["offers"][name]["price_eur"]) for name in pair.split("-")]
        one, other = (energy[name] for name in pair.split("-"))
        close(stability.break_even_tariff(prices[0], one, prices[1], other), told)


@kind("precision-traps")
def check_claims(data):
    asked, peaks = claims.Asked("bf16"), {}
    for each in data["input"]:
        claim = claims.Claim(
            exact(each["claim"]), each["unit"], each["precision"], each["sparsity"], each["kind"]
        )
        name = each["offer"]
        assert [found.value for found in claims.find_violations(claim, asked)] == data["expect"][name], name
        peaks[name] = claim
        if f"if_dense_{name}" in data["expect"]:
            close(claims.if_dense(claim), data["expect"][f"if_dense_{name}"])
        if f"share_of_dense_peak_{name}" in data["expect"]:
            dense = next(c for c in peaks.values() if c.kind == "peak" and c.sparsity == "dense")
            close(claim.value / dense.value, data["expect"][f"share_of_dense_peak_{name}"])


HOURS = r"(node|GPU|GCD|core)-hours?"


@kind("units")
def check_units(data):
    node = NodeHours(4, dies=2)
    for case in data["expect"]:
        what, to = case["what"], case["unit"]
        digits = re.search(r"\d[\d .]*(?= )", what)
        number = float(re.sub(r"(?<=\d) (?=\d{3})", "", digits[0])) if digits else 1.0
        if found := re.search(rf"([\d ]+) {HOURS} on (\d)-GPU nodes in node-hours", what):
            close(convert_hours(number, "GPU-hour", to, NodeHours(int(found[3]))), case["value"])
        elif found := re.search(rf"(\d+) core-hours per GPU-hour .*: ([\d ]+) GPU-hours in {HOURS}", what):
            hours = float(found[2].replace(" ", ""))
            close(convert_hours(hours, "GPU-hour", to, NodeHours(1, cores=int(found[1]))), case["value"])
        elif "node-hour of" in what or "the same in" in what:
            close(convert_hours(1, "node-hour", to, node), case["value"])
        elif "billed in" in what:
            close(convert_hours(number, "GCD-hour", to, node), case["value"])
        elif found := re.search(r"([\d.]+) (\w+) over ([\d.]+) h in", what):
            close(convert(exact(found[1]) * exact(found[3]), f"{found[2]}*h", to), case["value"])
        else:
            unit = re.search(r"[\d.]+ (?:x )?(\S+(?: per W)?) in ", what)[1]
            close(convert(number, unit, to), case["value"])


def test_every_kind_has_an_example():
    assert {yaml.safe_load(path.read_text(encoding="utf-8"))["id"] for path in FILES} == set(KINDS)
