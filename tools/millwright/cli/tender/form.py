"""``millwright tender form`` and ``tender read-form``."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from millwright.app.tender.form import make_form, take_form
from millwright.cli.options import AsJson
from millwright.cli.output import context, print_json, print_lines, warn
from millwright.cli.tender.check import head_line
from millwright.cli.tender.options import TenderName

TIME_FORMATS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]


def write(
    tender: TenderName,
    output: Annotated[Path, typer.Option(help="Workbook to write.", dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Write the bid form of a tender as a workbook: typed cells, units, notes, everything else protected.

    Example: millwright tender form lighthouse --output bid.xlsx
    """
    with context() as here:
        found = make_form(here, tender, output)
    if as_json:
        print_json(found)
        return
    done = "written" if found.changed else "unchanged"
    print_lines([head_line(found.tender), f"{found.file}: {done}, questions SHA-256 {found.form_sha256}"])


def read(
    form: Annotated[Path, typer.Argument(metavar="FILE", help="The filled-in form.", show_default=False)],
    tender: Annotated[str, typer.Option(help="Folder with tender.yaml, or the facility beside it.")] = ".",
    received: Annotated[
        datetime.datetime | None,
        typer.Option(formats=TIME_FORMATS, help="When it was handed in, with time zone. [now]"),
    ] = None,
    allow_missing: Annotated[
        bool,
        typer.Option("--allow-missing", help="Take a form without all values; check then rejects the offer."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make offers/<bidder>.yaml of a filled-in bid form, or list every problem by cell.

    Macros, links to other files, formulas and forms of another version are refused.

    Example: millwright tender read-form bid.xlsx --tender lighthouse --received 2026-09-01T10:05:00+0200
    """
    with context() as here:
        found = take_form(here, tender, form, received=received, allow_missing=allow_missing)
    if received is None:
        warn(f"received: {found.received.isoformat()}, the time of reading; --received states another")
    if as_json:
        print_json(found)
        return
    done = "written" if found.changed else "unchanged"
    lines = [head_line(found.tender), f"{found.offer}: {done}, {found.title}"]
    lines += [f"not stated: {', '.join(found.missing)}"] * bool(found.missing)
    print_lines([*lines, f"form {found.form}, SHA-256 {found.form_file_sha256}"])
