"""``millwright simulate queue``."""

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.simulate.examples import example_text
from millwright.app.simulate.queue import PolicyLines, QueueReport, simulate_waits
from millwright.cli.options import AsJson
from millwright.cli.output import console, context, print_json, print_lines
from millwright.cli.simulate.asked import Example, Plot, ScenarioFile, require_file, require_folder


def command(
    scenario: ScenarioFile = None, example: Example = False, plot: Plot = None, as_json: AsJson = False
) -> None:
    """Say how long jobs of each access mode will wait, what a reserve costs, and when headroom ends.

    The default is what Slurm does; EASY stands beside it, since waits differ several times between the two.

    Example: millwright simulate queue waits.yaml --json
    """
    if example:
        typer.echo(example_text("queue"), nl=False)
        return
    with context() as here:
        found = simulate_waits(here, require_file(scenario, "queue"), require_folder(plot))
    if as_json:
        print_json(found)
        return
    print_lines(_lines(found))
    policies = [found.chosen, found.beside, *filter(None, [found.without_reserve])]
    names = [found.chosen.policy, found.beside.policy, f"{found.chosen.policy} without reserve"]
    console().print(_table(policies, names))


def _lines(found: QueueReport) -> list[str]:
    chosen = found.chosen
    load = "unknown (all jobs arrive at once)" if found.load is None else f"{found.load:.2f}"
    lines = [
        found.title,
        f"load {load}, used {chosen.utilisation:.1%}, longest queue {chosen.longest_queue:,} jobs",
        f"pre-emption lost {chosen.lost_node_h:,.0f} node-hours",
    ]
    if found.closed_form:
        lines.append(f"closed form (Erlang C): mean wait {found.closed_form.mean_wait_h:.6g} h")
    if chosen.too_wide:
        lines.append(f"{chosen.too_wide} jobs ask for more nodes than they can get, and never start")
    lines += [f"{count} jobs left out: {reason}" for reason, count in found.left_out.items()]
    end = found.headroom
    if end:
        lines.append(
            f"headroom of {end.mode} ends at load {end.load:.2f}, in {end.years:.1f} years"
            if end.load is not None and end.years is not None
            else f"headroom of {end.mode} does not end below a load of 1.5"
        )
    return [*lines, f"least known input: {found.weakest_kind}", *[f"drawn: {found.plot}"] * bool(found.plot)]


def _table(policies: list[PolicyLines], names: list[str]) -> Table:
    table = Table("Policy", "Mode", "Jobs", "Mean wait (h)", "p50", "p90", "p99", "Stopped", box=None)
    for name, policy in zip(names, policies, strict=False):
        for each in policy.waits:
            error = f" ± {each.standard_error_h:.2g}" if each.standard_error_h is not None else ""
            cells = (
                *(name, each.mode, f"{each.jobs:,}", f"{_h(each.mean_h)}{error}"),
                *(_h(each.p50_h), _h(each.p90_h), _h(each.p99_h), str(each.stopped)),
            )
            table.add_row(*map(Text, cells))
    return table


def _h(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
