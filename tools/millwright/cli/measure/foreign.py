"""``millwright foreign``: checks that others wrote."""

from typing import Annotated

import typer
from rich.text import Text

from millwright.app.measure.foreign import (
    ForeignInstalled,
    ForeignList,
    InstallRequest,
    install_suites,
    list_suites,
)
from millwright.cli.options import AsJson, FacilityName
from millwright.cli.output import console, context, print_json

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Checks that others wrote.\n\nExample: millwright foreign list rack",
)


@app.command("list")
def list_command(facility: FacilityName, as_json: AsJson = False) -> int:
    """Show the suites of foreign.yaml, and whether each could run.

    Exits with 3 if one could not.

    Example: millwright foreign list rack
    """
    with context() as here:
        return _show(list_suites(here, facility), as_json=as_json)


@app.command("install")
def install_command(
    facility: FacilityName,
    suite: Annotated[list[str] | None, typer.Argument(help="Suites; all by default.")] = None,
    wheels: Annotated[
        str, typer.Option(help="Folder with all packages where checks are started, instead of pip's index.")
    ] = "",
    as_json: AsJson = False,
) -> int:
    """Make the environment with the ReFrame that a suite needs, where its checks are started.

    The first time, every package is written with its hash to foreign-SUITE.lock; from then on exactly these
    are installed.

    Example: millwright foreign install rack eessi
    """
    request = InstallRequest(facility, tuple(suite or ()), wheels)
    with context() as here:
        return _show(install_suites(here, request), as_json=as_json)


def _show(found: ForeignList | ForeignInstalled, *, as_json: bool) -> int:
    if as_json:
        print_json(found)
        return found.exit_code
    out = console()
    for suite in found.suites:
        wants = suite.wants if suite.wants.startswith("/") else f"ReFrame {suite.wants}"
        out.print(Text(f"{suite.name}: {suite.title}; needs {' '.join((wants, *suite.packages))}"))
        state = "ready" if suite.ready else "not ready"
        out.print(Text(f"    {state}: {suite.detail}", style="green" if suite.ready else "yellow"))
    return found.exit_code
