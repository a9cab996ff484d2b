"""``millwright simulate``: what a machine will deliver, before it is there."""

import typer

from millwright.cli.simulate.goodput import command as goodput

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Say in advance what a machine will deliver.\n\n"
    "Example: millwright simulate goodput --example > job.yaml && millwright simulate goodput job.yaml",
)

app.command("goodput")(goodput)


@app.callback()
def _group() -> None:
    pass  # without it, Typer would make a group of one command that command
