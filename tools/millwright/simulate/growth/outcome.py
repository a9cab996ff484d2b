"""Installed capacity month by month: the least of what is delivered, permitted, connected and possible."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from millwright.simulate.growth.scenario import GrowthScenario, Lot, Variant, month_number
from millwright.simulate.quantity import POWER, YEAR, Duration, Known, Power, kinds_in, seconds, weakest

MW: Final = 1e6
MONTH_S: Final = YEAR / 12
ROUNDING: Final = 1e-9
PLAN: Final = "as planned"
PERMIT_TODAY_MONTHS: Final = 48
"""Permits of data centres take more than this today, says the plan for a Cloud and AI Development Act."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The site at the end of a month."""

    month: int
    installed_mw: float
    """IT power that runs."""
    accelerators: int
    equivalents: float
    target: float
    """In what the target is measured in."""
    reached: float
    limits_mw: Mapping[str, float]
    """IT power that each constraint allows."""
    binding: tuple[str, ...]
    """The constraints that allow no more than is installed."""
    waiting_mw: float
    """Delivered, but it can't be switched on."""

    @property
    def is_met(self) -> bool:
        """Whether the target of this month is reached."""
        return self.reached >= self.target * (1 - ROUNDING)


@dataclass(frozen=True, slots=True)
class Course:
    """One scenario."""

    name: str
    moments: tuple[Moment, ...]
    goal: float
    """The target in the end."""
    reached_month: int | None
    """First month with the whole target; None if there is none."""

    def binding_periods(self) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """Which constraints bind from which month to which."""
        first = self.moments[0]
        for before, after in zip(self.moments, (*self.moments[1:], None), strict=True):
            if after is None or after.binding != before.binding:
                yield before.binding, first.month, before.month
                first = after or first


@dataclass(frozen=True, slots=True)
class GrowthOutcome:
    """All scenarios of a file."""

    courses: tuple[Course, ...]
    remarks: tuple[str, ...]
    weakest_kind: Known


def simulate_growth(scenario: GrowthScenario) -> GrowthOutcome:
    """The course as planned, then each variant."""
    variants = (Variant(name=PLAN), *scenario.variants)
    return GrowthOutcome(
        courses=tuple(_course(scenario, variant) for variant in variants),
        remarks=tuple(_remarks(scenario)),
        weakest_kind=weakest(kinds_in(scenario)),
    )


def month_text(month: int) -> str:
    """``2030-06``."""
    return f"{month // 12}-{month % 12 + 1:02}"


def _months(given: Duration | None) -> int:
    """Whole months, a begun one counted whole."""
    return math.ceil(seconds(given) / MONTH_S - 1e-6) if given else 0


def _mw(given: Power) -> float:
    return given.value * POWER[given.unit] / MW


def _course(scenario: GrowthScenario, variant: Variant) -> Course:
    start = month_number(scenario.starts)
    first = _moment(scenario, variant, start, None)
    base = first.reached
    last = start + scenario.years * 12
    moments = tuple(_moment(scenario, variant, month, base) for month in range(start, last + 1))
    goal = base * scenario.target.factor
    reached = (each.month for each in moments if each.reached >= goal * (1 - ROUNDING))
    return Course(variant.name, moments, goal, next(reached, None))


def _moment(scenario: GrowthScenario, variant: Variant, month: int, base: float | None) -> Moment:
    start = month_number(scenario.starts)
    lots = [(lot, _later(lot.delivered, start, variant.delivery_delay)) for lot in scenario.lots]
    there = [(lot, at) for lot, at in lots if at <= month]
    life = _months(variant.life or scenario.life)
    alive = sorted(((lot, at) for lot, at in there if month < at + life), key=lambda each: -each[1])
    pue = variant.pue or scenario.pue
    connected = [(_mw(g.power), _later(g.from_month, start, variant.grid_delay)) for g in scenario.grid]
    limits = {
        "hardware": sum(_lot_mw(lot) for lot, _ in alive),
        "permit": sum(_mw(p.power) for p in scenario.permits if _granted(p.asked, p.lead, variant) <= month),
        "grid": sum(power for power, at in connected if at <= month) / pue,
        "envelope": _mw(scenario.envelope) / pue,
    }
    installed = min(limits.values())
    accelerators, equivalents = _running([lot for lot, _ in alive], installed)
    all_ever = sum(_lot_mw(lot) for lot, _ in there)
    reached = installed if scenario.target.measured_in == "power" else equivalents
    return Moment(
        month=month,
        installed_mw=installed,
        accelerators=accelerators,
        equivalents=equivalents,
        target=_target(scenario, reached if base is None else base, month - start),
        reached=reached,
        limits_mw=limits,
        binding=_binding(limits, installed, all_ever),
        waiting_mw=limits["hardware"] - installed,
    )


def _later(month: str, start: int, delay: Duration | None) -> int:
    """A month with its delay; what is there at the start is not delayed."""
    at = month_number(month)
    return at if at <= start else at + _months(delay)


def _granted(asked: str, lead: Duration | None, variant: Variant) -> int:
    return month_number(asked) + _months(variant.permit_lead if lead and variant.permit_lead else lead)


def _lot_mw(lot: Lot) -> float:
    return lot.accelerators * _mw(lot.power_each)


def _running(newest_first: list[Lot], installed_mw: float) -> tuple[int, float]:
    """Accelerators and equivalents within a power, the newest first."""
    left, count, work = installed_mw, 0, 0.0
    for lot in newest_first:
        running = min(lot.accelerators, math.floor(left / _mw(lot.power_each) + 1e-6))
        count += running
        work += running * lot.speed
        left -= running * _mw(lot.power_each)
    return count, work


def _target(scenario: GrowthScenario, base: float, months: int) -> float:
    """Growth at one rate up to the whole factor, then level."""
    share = min(1.0, months / (seconds(scenario.target.within) / MONTH_S))
    return float(base * scenario.target.factor**share)


def _binding(limits: Mapping[str, float], installed: float, all_ever: float) -> tuple[str, ...]:
    """The tightest limits; too little hardware is a matter of retirement if what was retired would do."""
    tight = [name for name, limit in limits.items() if limit <= installed * (1 + ROUNDING)]
    others = min(limit for name, limit in limits.items() if name != "hardware")
    is_retired = all_ever > limits["hardware"] and all_ever >= others
    hardware = "retirement" if is_retired else "delivery"
    return tuple(hardware if name == "hardware" else name for name in tight)


def _remarks(scenario: GrowthScenario) -> Iterator[str]:
    leads = [each.lead for each in scenario.permits if each.lead]
    leads += [each.permit_lead for each in scenario.variants if each.permit_lead]
    for months in sorted({_months(lead) for lead in leads if _months(lead) < PERMIT_TODAY_MONTHS}):
        yield f"a permit within {months} months is assumed; today they take more than {PERMIT_TODAY_MONTHS}"
