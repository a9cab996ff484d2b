"""What the commands of ``millwright simulate`` have in common."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.core.errors import BadInputError, Problem

ScenarioFile = Annotated[
    Path | None, typer.Argument(help="Scenario file, see --example.", show_default=False)
]
Example = Annotated[bool, typer.Option("--example", help="Print a scenario to begin with, and stop.")]
Plot = Annotated[Path | None, typer.Option(help="Draw the result to this file (SVG).", dir_okay=False)]


def require_file(scenario: Path | None, command: str) -> Path:
    """The file that was named."""
    if scenario is None:
        expected = f"SCENARIO, or --example; millwright simulate {command} --example > {command}.yaml"
        raise BadInputError([Problem("simulate", "SCENARIO", "is missing", expected, code="MW8057")])
    return scenario


def require_folder(plot: Path | None) -> Path | None:
    """The plot that was named, if it can be written: found out before minutes of simulation."""
    if plot and not plot.parent.is_dir():
        expected = "a file in a folder that exists"
        raise BadInputError([Problem(str(plot), "--plot", "no such folder", expected, code="MW7589")])
    return plot
