"""``millwright simulate goodput``."""

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.simulate.examples import example_text
from millwright.app.simulate.goodput import GoodputReport, simulate_job
from millwright.cli.options import AsJson
from millwright.cli.output import console, context, print_json, print_lines
from millwright.cli.simulate.asked import Example, Plot, ScenarioFile, require_file, require_folder

BARELY = 0.0005
"""Share of time below which a cause is not printed."""


def command(
    scenario: ScenarioFile = None, example: Example = False, plot: Plot = None, as_json: AsJson = False
) -> None:
    """Say how much of a training job's time will be productive, and what a tender should ask for.

    The closed form is used where it is exact, else a simulation; the output says which.

    Example: millwright simulate goodput job.yaml --plot job.svg
    """
    if example:
        typer.echo(example_text("goodput"), nl=False)
        return
    with context() as here:
        found = simulate_job(here, require_file(scenario, "goodput"), require_folder(plot))
    if as_json:
        print_json(found)
    else:
        print_lines(_lines(found))
        console().print(_badput(found))
        console().print(_published(found))


def _lines(found: GoodputReport) -> list[str]:
    low, high = found.productive_h_interval
    because = f" ({'; '.join(found.not_closed)})" if found.not_closed else ""
    first, work = found.first_order_goodput, found.work_between_checkpoints_s
    lines = [
        found.title,
        f"goodput {found.goodput:.1%} by {found.method}{because}",
        f"productive {found.productive_h:,.0f} h, 95 % of {found.draws} draws {low:,.0f} to {high:,.0f} h",
        f"an interruption every {found.mtti_s / 60:,.1f} min; at most {found.most_in_repair} nodes in repair",
        f"work between checkpoints {work:,.0f} s, best {found.best_work_s:,.0f} s",
        f"first-order formula: {first:.1%}"
        if first is not None
        else "first-order formula: refused, off by more than a point",
        f"least known input: {found.weakest_kind}",
    ]
    tender = found.tender
    if tender:
        bandwidth = tender.checkpoint_bandwidth_gb_s
        longest = tender.longest_checkpoint_s
        ask = (
            f"checkpoint bandwidth of at least {bandwidth:,.0f} GB/s for this job"
            if bandwidth
            else f"checkpoints of at most {longest:.3g} s"
            if longest
            else "no checkpoint is fast enough: fewer failures or a faster restart"
        )
        left_out = f" (leaves out: {'; '.join(tender.left_out)})" if tender.left_out else ""
        lines += [
            f"for {tender.goodput:.0%}: {ask}{left_out}",
            f"{tender.spares} spare nodes are enough {tender.spare_confidence:.1%} of the time",
        ]
    return lines + [f"drawn: {found.plot}"] * bool(found.plot)


def _badput(found: GoodputReport) -> Table:
    table = Table("Badput", "Share of time", box=None)
    for name, share in sorted(found.badput.items(), key=lambda item: -item[1]):
        if share >= BARELY:
            table.add_row(Text(name), Text(f"{share:.1%}"))
    return table


def _published(found: GoodputReport) -> Table:
    table = Table("Published run", "Published", "Model", "Result", "Assumes", box=None)
    for each in found.published:
        model = f"{each.model:.3g}"
        if each.low is not None and each.high is not None:
            model += f" ({each.low:.0f} to {each.high:.0f})"
        cells = (each.name, f"{each.published:g} {each.unit}", model, each.result, each.assumes)
        table.add_row(*map(Text, cells))
    return table
