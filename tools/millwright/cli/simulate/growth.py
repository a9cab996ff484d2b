"""``millwright simulate growth``."""

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.simulate.examples import example_text
from millwright.app.simulate.growth import GrowthCourse, GrowthReport, simulate_site
from millwright.cli.options import AsJson
from millwright.cli.output import console, context, print_json, print_lines
from millwright.cli.simulate.asked import Example, Plot, ScenarioFile, require_file, require_folder


def command(
    scenario: ScenarioFile = None, example: Example = False, plot: Plot = None, as_json: AsJson = False
) -> None:
    """Follow a site's installed capacity by year against a target, and say what stops it when.

    Constraints: what is delivered and retired, permits, the grid, and the power that the site can take.

    Example: millwright simulate growth site.yaml --plot site.svg
    """
    if example:
        typer.echo(example_text("growth"), nl=False)
        return
    with context() as here:
        found = simulate_site(here, require_file(scenario, "growth"), require_folder(plot))
    if as_json:
        print_json(found)
        return
    print_lines([found.title])
    for course in found.courses:
        print_lines(_lines(course, found))
        console().print(_table(course))
    print_lines([*found.remarks, f"least known input: {found.weakest_kind}"])
    print_lines([f"drawn: {found.plot}"] * bool(found.plot))


def _unit(found: GrowthReport) -> str:
    return "MW of IT power" if found.measured_in == "power" else "equivalents of the reference part"


def _lines(course: GrowthCourse, found: GrowthReport) -> list[str]:
    goal = f"{course.goal:,.1f} {_unit(found)}"
    reached = f"reached in {course.reached_month}" if course.reached_month else "not reached"
    periods = (
        f"  {period.from_month} to {period.to_month}: {' and '.join(period.constraints)}"
        for period in course.periods
    )
    return ["", f"{course.name}: target of {goal} {reached}; what binds:", *periods]


HEADINGS = ("Month", "Installed (MW)", "Accelerators", "Reached", "Target", "Met", "Binds", "Waiting (MW)")


def _table(course: GrowthCourse) -> Table:
    table = Table(*HEADINGS, box=None)
    for each in course.years:
        cells = (
            *(each.month, f"{each.installed_mw:,.1f}", f"{each.accelerators:,}", f"{each.reached:,.1f}"),
            *(f"{each.target:,.1f}", "yes" if each.is_met else "no", ", ".join(each.binding)),
            f"{each.waiting_mw:,.1f}",
        )
        table.add_row(*map(Text, cells))
    return table
