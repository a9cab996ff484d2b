"""``millwright tender``: offers from the form to the award."""

import typer

from millwright.cli.tender.award import command as award
from millwright.cli.tender.check import command as check
from millwright.cli.tender.compare import command as compare
from millwright.cli.tender.form import read, write
from millwright.cli.tender.opening import command as open_
from millwright.cli.tender.schema import command as schema

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Check and compare the offers of a tender, and award one.\n\n"
    "Example: millwright tender check lighthouse && millwright tender compare lighthouse",
)

app.command("form")(write)
app.command("read-form")(read)
app.command("open")(open_)
app.command("check")(check)
app.command("compare")(compare)
app.command("award")(award)
app.command("schema")(schema)
