"""``millwright antenna``: the commands of the group."""

import typer

from millwright.cli.antenna.apply import apply
from millwright.cli.antenna.bundle import bundle, import_result
from millwright.cli.antenna.check import check
from millwright.cli.antenna.listing import list_antennas
from millwright.cli.antenna.log import log
from millwright.cli.antenna.pin import pin
from millwright.cli.antenna.plan import plan
from millwright.cli.antenna.revoke import revoke
from millwright.cli.antenna.rotation import rotate_ca
from millwright.cli.antenna.schedule import schedule
from millwright.cli.antenna.user import certify, config

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Give antennas their access, and prove that only their users have it.\n\n"
    "Example: millwright antenna check rack",
)

app.command("list")(list_antennas)
app.command()(pin)
app.command()(plan)
app.command()(apply)
app.command()(check)
app.command()(config)
app.command()(certify)
app.command()(bundle)
app.command("import")(import_result)
app.command()(revoke)
app.command("rotate-ca")(rotate_ca)
app.command()(log)
app.command()(schedule)
