"""The manner of every model of a facility."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Refuses unknown keys and any change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


Finding = tuple[str, str, str]
"""Dotted key, problem, what was expected."""
