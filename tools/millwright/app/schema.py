"""``millwright schema``: the declared form of every command's JSON output."""

import json
from collections.abc import Sequence
from typing import Literal

from millwright.app.document import Document, Part
from millwright.app.schemas import DOCUMENTS, document_of, format_of, schema_of
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean


class DeclaredDocument(Part):
    """One command's JSON output."""

    command: str
    """As typed after ``millwright``."""
    format: str
    """Name and version; the output carries it too."""
    summary: str


class SchemaList(Document):
    """Every command that prints JSON."""

    format: Literal["millwright-schema/1"] = "millwright-schema/1"
    documents: tuple[DeclaredDocument, ...]


def list_schemas() -> SchemaList:
    """The commands that print JSON, by name."""
    return SchemaList(
        documents=tuple(
            DeclaredDocument(command=command, format=format_of(command), summary=summary_of(command))
            for command in sorted(DOCUMENTS)
        )
    )


def summary_of(command: str) -> str:
    """The first line of a document's description."""
    return (document_of(command).__doc__ or "").strip().splitlines()[0]


def schema_text(words: Sequence[str]) -> str:
    """The JSON Schema of one command, given by its words, as indented JSON.

    Raises :exc:`BadInputError` for a command that prints no JSON.
    """
    command = " ".join(words)
    if command not in DOCUMENTS:
        expected = f"one of {', '.join(sorted(DOCUMENTS))}{did_you_mean(command, DOCUMENTS)}"
        raise BadInputError(
            [Problem("COMMAND", command, "no command that prints JSON", expected, code="MW2218")]
        )
    return json.dumps(schema_of(command), indent=2)
