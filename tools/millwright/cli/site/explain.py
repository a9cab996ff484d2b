"""``millwright explain``: what the code of an error means."""

from typing import Annotated

import typer

from millwright.app.site.explain import explain_code
from millwright.cli.options import AsJson
from millwright.cli.output import print_json, print_lines


def command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code at the end of an error, such as MW1203.")],
    as_json: AsJson = False,
) -> None:
    """Explain the code of an error: what it means, how it looks and what to do.

    Example: millwright explain MW1203
    """
    found = explain_code(code)
    if as_json:
        print_json(found)
    else:
        print_lines((f"{found.code}: {found.title}", "", f"  {found.example}", "", found.action))
