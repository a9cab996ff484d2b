"""Options of commands that take nodes out of service and let them back in."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.core.places import default_folder

ResultsDir = Annotated[Path, typer.Option(help="Folder that holds the results of all facilities.")]
Threshold = Annotated[
    float, typer.Option(help="Share by which a node may be worse than its peers.", min=0.0, max=1.0)
]
AdmitInconclusive = Annotated[
    bool,
    typer.Option("--admit-inconclusive", help="Let nodes in that could not be compared, for want of peers."),
]
JobsLimit = Annotated[int, typer.Option(help="Minutes to wait for running jobs; none is ended.", min=0)]

DEFAULT_DIR = default_folder("results")
DEFAULT_THRESHOLD = 0.05
