"""``millwright figures``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.site.figures import FigureLine, FigureSet, compute_figures, example_text
from millwright.cli.options import AsJson
from millwright.cli.output import console, context, print_json
from millwright.core.errors import BadInputError, Problem


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Files that describe inputs.")
    ] = None,
    example: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="Print a file to begin with, and stop: conversion, green500, power-level, reliability, "
            "site-energy, tco, union-share or waterfall.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compute cost, energy, shares, reliability and hours from what a file describes.

    Each figure has its unit and the source of its formula. Numbers are computed exactly from the decimals
    that are written; --json has them as fractions too.

    Example: millwright figures --example tco > tco.yaml && millwright figures tco.yaml
    """
    if example:
        typer.echo(example_text(example), nl=False)
        return
    if not files:
        expected = "FILE..., or --example KIND"
        raise BadInputError([Problem("figures", "FILE", "is missing", expected, code="MW7599")])
    with context() as here:
        found = compute_figures(here, files)
    if as_json:
        print_json(found)
        return
    for each in found.files:
        console().print(Text(f"{each.title} ({each.kind}; {each.source}, {each.source_kind}, {each.date})"))
        console().print(_table(each))


def _table(found: FigureSet) -> Table:
    table = Table("Figure", "Value", "Unit", "Formula", box=None)
    table.columns[1].justify = "right"
    for figure in found.figures:
        table.add_row(*map(Text, (figure.name, _value(figure), figure.unit, figure.source)))
    return table


def _value(figure: FigureLine) -> str:
    match figure.value:
        case None:
            return "none"
        case bool():
            return "yes" if figure.value else "no"
        case float():
            large = 1000
            return f"{figure.value:,.2f}" if abs(figure.value) >= large else f"{figure.value:.6g}"
        case _:
            return figure.value
