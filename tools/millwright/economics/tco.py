"""Total cost of ownership and what an hour costs.

Net present cost: sum of C_t / (1 + r) ** t (European Commission, *Guide to Cost-Benefit Analysis*, 2014). The
rate is an input of the tender; Directive 2014/24/EU Art. 68 prescribes none and asks that method and data are
in the procurement documents. Levelised cost: discounted cost over discounted output, never discounted
cost over undiscounted output. PUE counts once, heat is a credit line. All of it is exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Convention(StrEnum):
    """When in a year its costs are paid."""

    YEAR_END = "year-end"
    MID_YEAR = "mid-year"


@dataclass(frozen=True, slots=True)
class Operation:
    """A machine in operation, constant over the years."""

    it_power_kw: Fraction
    """Average power of the IT equipment."""
    pue: Fraction
    tariff_eur_per_kwh: Fraction
    wue_l_per_kwh_it: Fraction
    """Litres of water per kWh of IT energy."""
    water_eur_per_m3: Fraction
    erf: Fraction
    """Share of the energy at the meter that is reused as heat, 0 to 1."""
    heat_eur_per_kwh: Fraction
    accelerators: int
    availability: Fraction
    allocated_share: Fraction
    goodput: Fraction
    hours_per_year: int = 8760


@dataclass(frozen=True, slots=True)
class Financing:
    """How years are weighed."""

    rate: Fraction
    """Discount rate a year."""
    years: int
    convention: Convention = Convention.YEAR_END
    indexation: Mapping[str, Fraction] = field(default_factory=dict)
    """Rise a year of a cost line, by its name; 0 where left out. The first year is at today's price."""


@dataclass(frozen=True, slots=True)
class Tco:
    """Costs over all years, in EUR; energy in kWh."""

    it_energy_kwh_per_year: Fraction
    meter_energy_kwh_per_year: Fraction
    lines_first_year: Mapping[str, Fraction]
    """Costs of the first year; a credit is negative."""
    opex_first_year: Fraction
    capex: Fraction
    undiscounted_total: Fraction
    net_present_cost: Fraction
    productive_hours_per_year: Fraction
    """Productive accelerator-hours."""
    per_hour_undiscounted: Fraction | None
    """EUR per productive accelerator-hour; None without such hours."""
    per_hour_levelised: Fraction | None


def total_cost(
    capex: Fraction, yearly: Mapping[str, Fraction], operation: Operation, financing: Financing
) -> Tco:
    """Add up capex at t = 0, other yearly costs, electricity, water and the credit for heat.

    A mid-year convention discounts by t - 1/2, which is computed as a float.
    """
    it_energy = operation.it_power_kw * operation.hours_per_year
    meter = it_energy * operation.pue
    lines = {
        **yearly,
        "electricity": meter * operation.tariff_eur_per_kwh,
        "water": it_energy * operation.wue_l_per_kwh_it / 1000 * operation.water_eur_per_m3,
        "heat_credit": -operation.erf * meter * operation.heat_eur_per_kwh,
    }
    factors = [discount_factor(financing, year) for year in range(1, financing.years + 1)]
    costs = [_cost(lines, financing, year) for year in range(1, financing.years + 1)]
    undiscounted = capex + sum(costs)
    net_present = capex + sum(
        (cost * factor for cost, factor in zip(costs, factors, strict=True)), Fraction(0)
    )
    hours = productive_hours(operation)
    return Tco(
        it_energy_kwh_per_year=it_energy,
        meter_energy_kwh_per_year=meter,
        lines_first_year=lines,
        opex_first_year=sum(lines.values(), Fraction(0)),
        capex=capex,
        undiscounted_total=undiscounted,
        net_present_cost=net_present,
        productive_hours_per_year=hours,
        per_hour_undiscounted=undiscounted / (hours * financing.years) if hours else None,
        per_hour_levelised=net_present / (hours * sum(factors)) if hours else None,
    )


def productive_hours(operation: Operation) -> Fraction:
    """Productive accelerator-hours a year: accelerators * hours * availability * allocated * goodput."""
    o = operation
    return o.accelerators * o.hours_per_year * o.availability * o.allocated_share * o.goodput


def discount_factor(financing: Financing, year: int) -> Fraction:
    """Worth today of a euro that is paid in a year, counted from 1."""
    growth = 1 + financing.rate
    if financing.convention is Convention.YEAR_END:
        return 1 / growth**year
    return Fraction(float(growth) ** (0.5 - year))


def _cost(lines: Mapping[str, Fraction], financing: Financing, year: int) -> Fraction:
    rise = financing.indexation
    parts = (cost * (1 + rise.get(name, Fraction(0))) ** (year - 1) for name, cost in lines.items())
    return sum(parts, Fraction(0))
