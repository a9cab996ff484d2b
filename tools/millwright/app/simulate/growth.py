"""``millwright simulate growth``: capacity by year against a target, and what stops it when."""

from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError, Problem
from millwright.simulate.growth.outcome import Course, Moment, month_text, simulate_growth
from millwright.simulate.growth.scenario import GrowthScenario, find_problems
from millwright.simulate.scenario_file import load_scenario

EXAMPLE_COMMAND = "millwright simulate growth --example"


class GrowthMonth(Part):
    """The site in one month."""

    month: str
    installed_mw: float
    """IT power that runs."""
    accelerators: int
    equivalents: float
    """Accelerators times their speed."""
    reached: float
    """In what the target is measured in."""
    target: float
    is_met: bool
    limits_mw: dict[str, float]
    """IT power that each constraint allows: hardware, permit, grid, envelope."""
    binding: tuple[str, ...]
    """The tightest: delivery or retirement for hardware, permit, grid, envelope."""
    waiting_mw: float
    """Delivered hardware that can't be switched on."""


class BindingPeriod(Part):
    """What binds from one month to another, both included."""

    constraints: tuple[str, ...]
    from_month: str
    to_month: str


class GrowthCourse(Part):
    """One scenario."""

    name: str
    goal: float
    """The whole target, in what it is measured in."""
    reached_month: str | None
    """First month with the whole target; null if there is none."""
    years: tuple[GrowthMonth, ...]
    """The start, and each year after it."""
    periods: tuple[BindingPeriod, ...]


class GrowthReport(Document):
    """The course as planned, and each variant."""

    format: Literal["millwright-simulate-growth/1"] = "millwright-simulate-growth/1"
    title: str
    measured_in: str
    """``power`` (MW of IT power) or ``equivalents``."""
    courses: tuple[GrowthCourse, ...]
    remarks: tuple[str, ...]
    weakest_kind: str
    plot: str | None = None


def simulate_site(context: Context, file: Path, plot: Path | None = None) -> GrowthReport:
    """Follow the site of a scenario file; raises :exc:`BadInputError` with every problem of it."""
    del context
    scenario = load_scenario(file, GrowthScenario, EXAMPLE_COMMAND)
    problems = [finding.in_file(str(file)) for finding in find_problems(scenario)]
    if problems:
        raise BadInputError(problems)
    found = simulate_growth(scenario)
    idle = [each.name for each in found.courses if not each.goal]
    if idle:
        problem, expected = (
            f"nothing runs at the start ({', '.join(idle)})",
            "hardware, permit and grid by then",
        )
        raise BadInputError([Problem(str(file), "starts", problem, expected, code="MW7723")])
    if plot:
        from millwright.report.simulation_plots import draw_growth  # noqa: PLC0415 - loads matplotlib

        first = found.courses[0].moments
        years = [moment.month / 12 for moment in first]
        lines = {name: [each.limits_mw[name] for each in first] for name in first[0].limits_mw}
        installed = {each.name: [m.installed_mw for m in each.moments] for each in found.courses}
        plot.write_text(draw_growth(scenario.title, years, lines, installed), encoding="utf-8")
    return GrowthReport(
        title=scenario.title,
        measured_in=scenario.target.measured_in,
        courses=tuple(map(_course, found.courses)),
        remarks=found.remarks,
        weakest_kind=found.weakest_kind,
        plot=str(plot) if plot else None,
    )


def _course(course: Course) -> GrowthCourse:
    return GrowthCourse(
        name=course.name,
        goal=course.goal,
        reached_month=month_text(course.reached_month) if course.reached_month is not None else None,
        years=tuple(_month(each) for each in course.moments[::12]),
        periods=tuple(
            BindingPeriod(constraints=names, from_month=month_text(first), to_month=month_text(last))
            for names, first, last in course.binding_periods()
        ),
    )


def _month(moment: Moment) -> GrowthMonth:
    return GrowthMonth(
        month=month_text(moment.month),
        installed_mw=moment.installed_mw,
        accelerators=moment.accelerators,
        equivalents=moment.equivalents,
        reached=moment.reached,
        target=moment.target,
        is_met=moment.is_met,
        limits_mw=dict(moment.limits_mw),
        binding=moment.binding,
        waiting_mw=moment.waiting_mw,
    )
