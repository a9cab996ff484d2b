"""``millwright tender schema``: what may be in the files of a tender."""

from typing import Any

from pydantic import BaseModel

from millwright.app.schemas import DIALECT
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.tenders.model import Offer, Tender

KINDS: dict[str, type[BaseModel]] = {"tender": Tender, "offer": Offer}


def file_schema(kind: str) -> dict[str, Any]:
    """JSON Schema of ``tender.yaml`` or of an offer; raises :exc:`BadInputError` for another kind."""
    if kind not in KINDS:
        expected = f"one of {', '.join(KINDS)}{did_you_mean(kind, KINDS)}"
        raise BadInputError([Problem("tender schema", kind, "no such file", expected, code="MW7636")])
    return {"$schema": DIALECT, **KINDS[kind].model_json_schema(by_alias=True)}
