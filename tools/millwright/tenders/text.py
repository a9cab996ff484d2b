"""Text from bidders: one line, without characters that hide or reorder what a reader sees."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field


def refuse_hidden(text: str) -> str:
    """The same text; raises :exc:`ValueError` for a blank one, and for control and formatting characters.

    These are what no reader sees: control characters, line ends, marks that reorder text (U+202E), characters
    without a width, private and unassigned ones.
    """
    if not text.strip():
        raise ValueError("is blank")
    for place, character in enumerate(text, start=1):
        if not character.isprintable() and unicodedata.category(character) != "Zs":
            raise ValueError(f"has the hidden character U+{ord(character):04X} at position {place}")
    return text


def printable(text: str) -> str:
    r"""A text for terminals and messages: hidden characters are written as ``\u202e``.

    >>> print(printable("a\x1b[31m"))
    a\u001b[31m
    """
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(refuse_hidden)]
"""Free text on one line. It may hold any visible character, so every consumer must quote it."""
