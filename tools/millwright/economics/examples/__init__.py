"""A file of each kind to begin with."""

from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean

FOLDER = Path(__file__).parent
KINDS = tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def example_text(kind: str) -> str:
    """The example of a kind; raises :exc:`BadInputError` for a kind that does not exist."""
    if kind not in KINDS:
        expected = f"one of {', '.join(KINDS)}{did_you_mean(kind, KINDS)}"
        raise BadInputError([Problem("--example", kind, "unknown kind", expected, code="MW7598")])
    return (FOLDER / f"{kind}.yaml").read_text(encoding="utf-8")
