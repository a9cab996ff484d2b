"""``millwright init``: start a site's own repository."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from millwright import __version__
from millwright.app.site.init import InitRequest, Started, start_site
from millwright.cli.options import AsJson
from millwright.cli.output import print_json, print_lines
from millwright.core.places import product_root


def command(
    path: Annotated[Path, typer.Argument(help="Folder to make, or an empty one.")],
    name: Annotated[
        str, typer.Option(help="Name of the facility; by default the folder's.", show_default=False)
    ] = "",
    described: Annotated[
        Path | None,
        typer.Option("--from", help="Facility file to begin with, as `facility discover` writes it."),
    ] = None,
    *,
    add: Annotated[
        bool, typer.Option("--add", help="Add to a folder that holds other files; none is changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Start a site's own repository: facility, settings, own checks, pipeline, schema for the editor.

    Once more in the same folder, it adds what is missing and changes no file.

    Example: millwright init my-site && cd my-site && millwright facility check my-site
    """
    request = InitRequest(path, name, described, adds=add)
    started = start_site(request, product=product_root().resolve(), version=__version__)
    if as_json:
        print_json(started)
    else:
        print_lines(lines_of(started))


def lines_of(started: Started) -> Iterator[str]:
    """The outcome as text, and what to type next."""
    yield f"{started.folder}: facility {started.name}"
    yield from (f"  created  {path}" for path in started.created)
    if not started.created:
        yield "  nothing to add"
    yield from (f"  kept     {path} (differs from what this version would write)" for path in started.kept)
    yield f"Next: cd {shlex.quote(started.folder)} && millwright facility check {started.name}"
