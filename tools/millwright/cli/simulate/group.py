"""``millwright simulate``: what a machine will deliver, before it is there."""

import typer

from millwright.cli.simulate.goodput import command as goodput
from millwright.cli.simulate.growth import command as growth
from millwright.cli.simulate.queue import command as queue

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Say in advance what a machine will deliver.\n\n"
    "Example: millwright simulate goodput --example > job.yaml && millwright simulate goodput job.yaml",
)

app.command("goodput")(goodput)
app.command("queue")(queue)
app.command("growth")(growth)
