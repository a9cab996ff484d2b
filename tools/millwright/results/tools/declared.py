"""What each tool's metrics mean: read from the declarations beside the parsers."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

FOLDER = Path(__file__).parent / "declarations"
ENGLISH = "en"
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=STRICT)
class ToolMetric:
    """One metric of a tool; the form is that of a ``check.yaml``."""

    unit: str
    better: str
    labels: dict[str, str] = Field(alias="label")

    @property
    def label(self) -> str:
        """The value's meaning in English."""
        return self.labels[ENGLISH]


@dataclass(frozen=True, config=STRICT)
class ToolDeclaration:
    """The declaration of a tool's series."""

    name: str
    area: str
    description: str
    scope: str
    metrics: dict[str, ToolMetric]


@cache
def read_tool_declaration(tool: str) -> ToolDeclaration:
    """The declaration of a tool by the name of its file."""
    text = (FOLDER / f"{tool}.yaml").read_text(encoding="utf-8")
    return TypeAdapter(ToolDeclaration).validate_python(yaml.safe_load(text))
