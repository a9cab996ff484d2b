"""``millwright tender open``."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.app.tender.opening import open_tender
from millwright.cli.options import AsJson
from millwright.cli.output import context, print_json, print_lines
from millwright.cli.tender.check import head_line
from millwright.cli.tender.options import TenderName


def command(
    tender: TenderName,
    by: Annotated[str, typer.Option(help="Who opens the offers.", show_default=False)],
    sealed: Annotated[
        Path | None, typer.Option(help="Folder with the offers as received. [received/ beside the tender]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record who opened which offers and when, each with its SHA-256; later, hold them against the record.

    Refused before the deadline. Exit code 1 if a file was added, changed or removed since the opening.

    Example: millwright tender open lighthouse --by "A. Chair, B. Witness"
    """
    with context() as here:
        found = open_tender(here, tender, by, sealed)
    if as_json:
        print_json(found)
        return
    done = "written" if found.changed else "holds"
    print_lines(
        [
            head_line(found.tender),
            f"opened {found.opened.isoformat()} by {found.by}",
            *(
                f"  {each.number}: {each.file}, {each.bytes} bytes, SHA-256 {each.sha256}"
                for each in found.sealed
            ),
            f"{found.record}: {done}",
        ]
    )
