"""From a described input to its figures: name, value, unit and the source of the formula."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from millwright.core.errors import BadInputError, Problem
from millwright.core.units import convert
from millwright.economics import (
    green500,
    interruptions,
    power_level,
    site_energy,
    tco,
    union_share,
    waterfall,
)
from millwright.economics import inputs as given

LEVEL_SOURCE = "EE HPC WG power measurement methodology (ff1d705)"
REGULATION = "Delegated Regulation (EU) 2024/1364, Annex III"


@dataclass(frozen=True, slots=True)
class Figure:
    """One result."""

    name: str
    value: Fraction | float | str | bool | None
    """None if it does not exist, for example an estimate without an observation."""
    unit: str
    source: str
    """Of the formula."""


def compute(described: given.Input) -> tuple[Figure, ...]:
    """All figures of one input; raises :exc:`BadInputError` for figures that contradict each other."""
    for kind, figures in FIGURES:
        if isinstance(described, kind):
            return tuple(figures(described))
    raise TypeError(f"no figures of {type(described).__name__}")


def _f(value: Decimal | int) -> Fraction:
    return Fraction(value)


def _tco(d: given.TcoInput) -> Iterator[Figure]:
    lines = {*d.yearly_eur, "electricity", "water", "heat_credit"}
    unknown = sorted(set(d.indexation) - lines)
    if unknown:
        expected = f"one of {', '.join(sorted(lines))}"
        raise BadInputError(
            Problem("indexation", name, "is no cost line", expected, code="MW7595") for name in unknown
        )
    operation = tco.Operation(
        it_power_kw=_f(d.it_power_kw_average),
        pue=_f(d.pue),
        tariff_eur_per_kwh=_f(d.tariff_eur_per_kwh),
        wue_l_per_kwh_it=_f(d.wue_l_per_kwh_it),
        water_eur_per_m3=_f(d.water_eur_per_m3),
        erf=_f(d.erf),
        heat_eur_per_kwh=_f(d.heat_eur_per_kwh),
        accelerators=d.accelerators,
        availability=_f(d.availability),
        allocated_share=_f(d.allocated_share),
        goodput=_f(d.goodput),
        hours_per_year=d.hours_per_year,
    )
    rises = {name: _f(rise) for name, rise in d.indexation.items()}
    financing = tco.Financing(_f(d.discount_rate), d.years, d.convention, rises)
    capex = sum(map(_f, d.capex_eur.values()), Fraction(0))
    found = tco.total_cost(capex, {n: _f(cost) for n, cost in d.yearly_eur.items()}, operation, financing)
    source = f"net present cost at {d.discount_rate} a year, {d.convention.value}, prices of {d.date}"
    yield Figure("it_energy_per_year", found.it_energy_kwh_per_year, "kWh", "IT power * hours")
    yield Figure("meter_energy_per_year", found.meter_energy_kwh_per_year, "kWh", "IT energy * PUE")
    for name, cost in found.lines_first_year.items():
        yield Figure(f"cost.{name}", cost, "EUR/year", "first year; a credit is negative")
    yield Figure("opex_first_year", found.opex_first_year, "EUR/year", "sum of the lines")
    yield Figure("capex", found.capex, "EUR", "at acceptance")
    yield Figure("undiscounted_total", found.undiscounted_total, "EUR", f"{d.years} years")
    yield Figure("net_present_cost", found.net_present_cost, "EUR", source)
    hours = "accelerators * hours * availability * allocated * goodput"
    yield Figure("productive_accelerator_hours_per_year", found.productive_hours_per_year, "h", hours)
    unit = "EUR/h"
    yield Figure(
        "per_productive_hour_undiscounted",
        found.per_hour_undiscounted,
        unit,
        "cost / hours, both undiscounted",
    )
    yield Figure("per_productive_hour_levelised", found.per_hour_levelised, unit, "discounted cost / hours")


def _site(d: given.SiteEnergyInput) -> Iterator[Figure]:
    def numbers(values: tuple[Decimal | None, ...]) -> list[Fraction | None]:
        return [None if value is None else Fraction(value) for value in values]

    found = site_energy.site_energy(
        d.year,
        d.first_month,
        site_energy.Months(*map(numbers, (d.e_it_mwh, d.e_dc_mwh, d.w_in_m3, d.e_reuse_mwh))),
        site_energy.Renewables(
            _f(d.guarantees_of_origin_mwh),
            _f(d.ppa_mwh),
            _f(d.ppa_whose_guarantees_were_sold_mwh),
            _f(d.on_site_mwh),
        ),
        _f(d.grid_kg_co2_per_kwh),
    )
    yield Figure("period", f"{found.first_day} to {found.last_day}", "", REGULATION)
    yield Figure("months", Fraction(found.months), "1", REGULATION)
    yield Figure("E_DC", found.e_dc_mwh, "MWh", REGULATION)
    yield Figure("E_IT", found.e_it_mwh, "MWh", REGULATION)
    yield Figure("W_IN", found.w_in_m3, "m3", REGULATION)
    yield Figure("PUE", found.pue, "1", f"{REGULATION}: EDC / EIT of the period")
    yield Figure("WUE", found.wue_m3_per_mwh, "m3/MWh", f"{REGULATION}: WIN / EIT")
    yield Figure("ERF", found.erf, "1", f"{REGULATION}: EREUSE / EDC")
    yield Figure("E_RES_TOT", found.e_res_tot_mwh, "MWh", f"{REGULATION}: GOO + PPA + OS")
    yield Figure("REF", found.ref, "1", f"{REGULATION}: ERES-TOT / EDC")
    cue = "ISO/IEC 30134-8, average factor of the grid; not part of the regulation"
    yield Figure("CUE", found.cue_kg_per_kwh, "kg/kWh", cue)


def _level(d: given.PowerLevelInput) -> Iterator[Figure]:
    timing = power_level.Timing(
        core_s=_f(d.core_s),
        sample_hz=_f(d.sample_hz),
        core_covered=d.core_covered,
        reading_interval_s=_f(d.reading_interval_s),
        core_readings=d.core_readings,
        full_run_covered=d.full_run_covered,
        idle_measured=d.idle_measured,
        uncovered_s=_f(d.uncovered_s),
        uncovered_each_end_s=_f(d.uncovered_each_end_s),
        is_energy=d.meter == "energy",
    )
    too_many = [n for n, each in enumerate(d.sets) if each.nodes_measured > each.nodes_total]
    if too_many:
        raise BadInputError(
            Problem(
                "sets", str(n), "more nodes measured than there are", "at most nodes_total", code="MW7596"
            )
            for n in too_many
        )
    fraction = power_level.MachineFraction(
        d.entire_machine,
        [power_level.NodeSet(each.nodes_measured, each.nodes_total) for each in d.sets],
        _f(d.kw_measured),
        d.nodes_per_chassis,
        d.chosen_at_random,
    )
    found = power_level.power_level(
        timing=timing,
        fraction=fraction,
        subsystems=d.subsystems,
        location=d.location,
        meters=power_level.Meters(d.meters, _f(d.meter_error_percent), d.identical_fractions),
        subtracted=d.subtracted,
    )
    for name, level in found.aspects.items():
        yield Figure(f"aspect.{name}", "none" if level is None else str(level), "level", LEVEL_SOURCE)
    level_text = "none" if found.level is None else str(found.level)
    yield Figure("level", level_text, "level", "the lowest of all aspects")


def _efficiency(d: given.EfficiencyInput) -> Iterator[Figure]:
    full = None if d.full_run_power_w is None else _f(d.full_run_power_w)
    if d.rmax_tflops > d.rpeak_tflops:
        problem = f"{d.rmax_tflops} is more than the peak of {d.rpeak_tflops}"
        raise BadInputError(
            [Problem("green500", "rmax_tflops", problem, "at most rpeak_tflops, in one unit", code="MW7578")]
        )
    found = green500.efficiency(_f(d.rmax_tflops), _f(d.rpeak_tflops), _f(d.core_power_w), _f(d.core_s), full)
    yield Figure("energy_efficiency", found.gflops_per_w, "GFLOP/s per W", "Rmax / power of the core phase")
    yield Figure("rmax_over_rpeak", found.rmax_over_rpeak, "1", "Rmax / Rpeak")
    yield Figure("core_energy", found.core_energy_kwh, "kWh", "power * time of the core phase")


def _union(d: given.UnionShareInput) -> Iterator[Figure]:
    times = union_share.AccessTimes(
        _f(d.existing_hours),
        _f(d.total_access_time_hours),
        _f(d.used_by_union_hours),
        _f(d.used_by_all_hours),
    )
    found = union_share.union_share(
        _f(d.contribution_eur), _f(d.total_cost_of_ownership_eur), _f(d.ceiling), times
    )
    law = "Regulation (EU) 2021/1173 Art. 17(1) as replaced by 2024/1732"
    for item in fields(found):
        value = getattr(found, item.name)
        unit = "h" if item.name.endswith("_hours") else "" if isinstance(value, bool) else "1"
        yield Figure(item.name, value, unit, law)


def _reliability(d: given.ReliabilityInput) -> Iterator[Figure]:
    if d.bad_hours >= d.good_hours:
        problem = "is not below good_hours"
        raise BadInputError([Problem("bad_hours", "-", problem, "less than good_hours", code="MW7597")])
    nist = "NIST/SEMATECH 8.4.5.1, exponential times assumed"
    found = interruptions.time_between(float(d.observed_hours), d.interruptions, d.confidence)
    yield Figure("mtti", found.estimate, "h", nist)
    yield Figure("mtti_low", found.low, "h", f"{nist}, {d.confidence:g} two-sided")
    yield Figure("mtti_high", found.high, "h", f"{nist}, {d.confidence:g} two-sided")
    yield Figure("mtti_one_sided_low", found.one_sided_low, "h", f"{nist}, {d.confidence:g} one-sided")
    for mean in d.curve_hours:
        chance = interruptions.accept_probability(float(d.test_hours), d.allowed, float(mean))
        text = f"Poisson, {d.test_hours} h, at most {d.allowed} interruptions"
        yield Figure(f"accept_at_{mean}_h", chance, "1", text)
    plan = interruptions.shortest_test(float(d.good_hours), float(d.bad_hours), d.vendors_risk, d.buyers_risk)
    text = f"shortest test of {d.good_hours} h against {d.bad_hours} h"
    yield Figure("shortest_test", plan.hours if plan else None, "h", text)
    yield Figure("shortest_test_allowed", Fraction(plan.allowed) if plan else None, "1", text)
    yield Figure("shortest_test_buyers_risk", plan.buyers_risk if plan else None, "1", text)
    yield Figure("shortest_test_vendors_risk", plan.vendors_risk if plan else None, "1", text)


def _waterfall(d: given.WaterfallInput) -> Iterator[Figure]:
    def outages(found: tuple[given.OutageInput, ...]) -> list[waterfall.Outage]:
        return [waterfall.Outage(each.nodes, each.start, each.end) for each in found]

    jobs = [waterfall.Job(j.id, j.nodes, j.start, j.end, j.state, j.lost_from) for j in d.jobs]
    found = waterfall.waterfall(
        (d.start, d.end),
        waterfall.Machine(d.accelerators_per_node, d.nodes, d.installed),
        maintenance=outages(d.maintenance),
        unplanned=outages(d.unplanned),
        drained=outages(d.drained),
        jobs=jobs,
    )
    text = "each accelerator-hour once: maintenance, unplanned, drained, idle, allocated"
    for item in fields(found):
        yield Figure(item.name, getattr(found, item.name), "accelerator-hour", text)
    yield Figure("productive", found.productive, "accelerator-hour", "allocated - lost")
    shares: dict[str, Any] = {
        "availability_scheduled": found.availability_scheduled,
        "availability_actual": found.availability_actual,
        "utilisation_of_total": found.utilisation,
        "goodput_of_allocated": found.goodput,
    }
    for name, share in shares.items():
        yield Figure(name, share, "1", "share of the hours above")


def _conversion(d: given.ConversionInput) -> Iterator[Figure]:
    problems: list[Problem] = []
    for name, (value, unit, to) in d.values.items():
        try:
            yield Figure(name, convert(Fraction(value), unit, to), to, f"{value} {unit}")
        except BadInputError as error:
            problems += [replace(problem, file=name) for problem in error.problems]
    if problems:
        raise BadInputError(problems)


FIGURES: tuple[tuple[type[given.Input], Callable[[Any], Iterator[Figure]]], ...] = (
    (given.TcoInput, _tco),
    (given.SiteEnergyInput, _site),
    (given.PowerLevelInput, _level),
    (given.EfficiencyInput, _efficiency),
    (given.UnionShareInput, _union),
    (given.ReliabilityInput, _reliability),
    (given.WaterfallInput, _waterfall),
    (given.ConversionInput, _conversion),
)
"""Kinds of input with what computes their figures."""
