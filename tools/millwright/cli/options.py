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
ResultsDir = Annotated[Path, typer.Option(help="Folder that holds the results of all facilities.")]
DEFAULT_RESULTS_DIR = Path("results")
