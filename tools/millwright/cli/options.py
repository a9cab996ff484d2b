"""Arguments and options that many commands share, each with one help text."""

from typing import Annotated

import typer

FacilityName = Annotated[
    str, typer.Argument(help="Name of a known facility, or path to a facility.yaml.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text (see millwright schema).")]
