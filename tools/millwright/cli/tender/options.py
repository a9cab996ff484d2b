"""Arguments that the commands of ``millwright tender`` share."""

from typing import Annotated

import typer

TenderName = Annotated[
    str,
    typer.Argument(
        metavar="TENDER", help="Folder with tender.yaml, or the facility beside it.", show_default=False
    ),
]
