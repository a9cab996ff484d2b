"""Options of commands that change hosts wave by wave; None means that nothing was said."""

from typing import Annotated

import typer

WAVES = "Waves"

Canary = Annotated[
    int | None, typer.Option(help="Nodes of each partition that go first. [1]", rich_help_panel=WAVES)
]
GroupBy = Annotated[
    str | None,
    typer.Option("--by", help="What stays together: rack, switch or size. [rack]", rich_help_panel=WAVES),
]
MaxFailedWave = Annotated[
    str | None, typer.Option(help="Hosts of a wave that may fail, 3 or 10%. [10%]", rich_help_panel=WAVES)
]
MaxFailed = Annotated[
    str | None, typer.Option(help="Hosts that may fail in total, 3 or 5%. [5%]", rich_help_panel=WAVES)
]
CountUnreachable = Annotated[
    bool | None,
    typer.Option("--count-unreachable", help="An unreachable host counts as failed.", rich_help_panel=WAVES),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on with the last run and its options, as its journal left it."),
]
