"""The manner of every model of a facility."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from millwright.core.errors import Problem


class Frozen(BaseModel):
    """Refuses unknown keys and any change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class Finding(NamedTuple):
    """What is wrong at one key of a facility, before it is known from which file it was read."""

    code: str
    key: str
    """Dotted path."""
    problem: str
    expected: str

    def in_file(self, file: str) -> Problem:
        """The finding as a problem of ``file``."""
        return Problem(file, self.key, self.problem, self.expected, code=self.code)
