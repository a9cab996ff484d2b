"""``millwright tender schema``."""

import json
from typing import Annotated

import typer

from millwright.app.tender.schema import file_schema


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="tender or offer.", show_default=False)],
) -> None:
    """Print the JSON Schema of tender.yaml or of an offer, for editors and validators.

    Example: millwright tender schema offer > offer.schema.json
    """
    typer.echo(json.dumps(file_schema(kind), indent=2))
