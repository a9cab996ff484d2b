"""The declared form of a command's ``--json`` output."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """An object within a :class:`Document`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Document(Part):
    """One command's JSON output.

    Each subclass begins with its name and version, ``format: Literal["millwright-nodes-status/1"]`` with that
    same default. The number grows when a key disappears or changes its meaning, not when one is added.
    """


def to_json(document: Document) -> str:
    """The document as indented JSON text."""
    return document.model_dump_json(indent=2)
