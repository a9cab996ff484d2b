"""Arguments and options that many commands share, each with one help text."""

from pathlib import Path
from typing import Annotated

import typer

FacilityName = Annotated[
    str, typer.Argument(help="Name of a known facility, or path to a facility.yaml.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text (see millwright schema).")]
AntennaName = Annotated[str | None, typer.Option("--antenna", "-a", help="One antenna; all if left out.")]
OneAntenna = Annotated[str, typer.Option("--antenna", "-a", help="The antenna.")]
ChecksDirs = Annotated[
    list[Path] | None,
    typer.Option(
        "--checks",
        exists=True,
        file_okay=False,
        help="Folder with further checks; may be given again. A facility's own are in its folder checks/.",
    ),
]
ResultsDir = Annotated[Path, typer.Option(help="Folder that holds the results of all facilities.")]
RunId = Annotated[str | None, typer.Argument(help="Run; the newest if none is named.", show_default=False)]
AllowedSigners = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="OpenSSH file of who may sign.")
]
AllowUnsigned = Annotated[
    bool,
    typer.Option("--allow-unsigned", help="Runs without a signature are meant, although signers are known."),
]
Against = Annotated[
    str | None,
    typer.Option("--against", help="Your own facility file: refuse a run with other commitments or checks."),
]
OwnChecks = Annotated[
    list[Path] | None,
    typer.Option(
        "--checks", exists=True, file_okay=False, help="With --against: folder with further checks of yours."
    ),
]
VirtualFacility = Annotated[
    str, typer.Option("--facility", "-f", help="A virtual facility: its name or file.")
]
Limit = Annotated[str, typer.Option(help="Hosts as a node set, or groups: rack-c[1-2],login.")]
Nodes = Annotated[
    str,
    typer.Argument(help="Nodes as a node set or partitions: rack-c[1-2] or cpu.", show_default=False),
]
OptionalResultsDir = Annotated[
    Path | None, typer.Option(help="Folder that holds the results of all facilities. [results]")
]

WAVES = "Waves"
"""Panel of the help that lists the options below; None means that the option was not given."""

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

JobsLimit = Annotated[
    int | None, typer.Option(help="Minutes to wait for running jobs; none is ended. [60]", min=0)
]
Threshold = Annotated[
    float | None,
    typer.Option(help="Share by which a node may be worse than its peers. [0.05]", min=0.0, max=1.0),
]
AdmitInconclusive = Annotated[
    bool,
    typer.Option("--admit-inconclusive", help="Admit nodes that have too few peers to be compared with."),
]
