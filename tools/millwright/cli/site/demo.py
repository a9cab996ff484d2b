"""``millwright demo``: the whole chain with the commands that a user would type."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from millwright.app.context import Context
from millwright.app.site.demo import ChainStep, DemoOutcome, run_demo
from millwright.cli.output import warn
from millwright.core.errors import NotTestableError


def command(
    facility: Annotated[
        str, typer.Option(help="rack or workstation; chosen by what this machine can do.")
    ] = "",
) -> None:
    """Run the whole chain: describe, provision, benchmark, report.

    Takes the virtual rack if this machine can run it, else this machine as one node.

    Example: millwright demo --facility workstation
    """
    console = Console(stderr=True)

    def announce(number: int, total: int, step: ChainStep) -> None:
        console.print(Text(f"\n[{number}/{total}] {step.title}", style="bold"))
        console.print(Text(f"$ millwright {' '.join(step.arguments)}", style="dim"))

    outcome = run_demo(Context(warn=warn), facility, announce)
    _close(console, outcome)
    if outcome.missing:
        raise NotTestableError(
            f"{outcome.missing} expected values were not measured; the report says why", code="MW6063"
        )


def _close(console: Console, outcome: DemoOutcome) -> None:
    phases = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in outcome.seconds_of.items())
    console.print(Text(f"\nThe chain ran in {outcome.seconds / 60:.1f} minutes.", style="bold"))
    console.print(Text(f"  {phases}", style="dim"), soft_wrap=True)
    console.print(Text(f"  report   {outcome.report}\n  results  {outcome.results}/"), soft_wrap=True)
    if outcome.leaves_hosts:
        hint = "millwright rack exec rack-login sinfo; millwright rack down ends them"
        console.print(Text(f"  hosts    still up: {hint}"), soft_wrap=True)
