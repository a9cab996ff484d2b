"""``millwright schema``: the declared form of every command's JSON output."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from millwright.app.schema import SchemaList, list_schemas, schema_text
from millwright.app.schema_page import reference_page
from millwright.cli.options import AsJson
from millwright.cli.output import console, print_json


def command(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND]", help="A command, as in: results show.", show_default=False),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page of all documents.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the commands that print JSON, or print the JSON Schema of one.

    Example: millwright schema results show
    """
    if markdown:
        typer.echo(reference_page(), nl=False)
    elif words:
        typer.echo(schema_text(words))
    elif as_json:
        print_json(list_schemas())
    else:
        console().print(_table(list_schemas()))


def _table(found: SchemaList) -> Table:
    table = Table("Command", "Form", "Content", box=None)
    for each in found.documents:
        table.add_row(Text(each.command), Text(each.format), Text(each.summary))
    return table
