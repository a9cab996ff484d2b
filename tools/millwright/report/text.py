"""Text from elsewhere, made safe to read: nothing in it may reorder or hide what stands around it."""

import re
import unicodedata

from markupsafe import Markup

HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, among them those that turn the direction of the text that follows."""
RIGHT_TO_LEFT = {"R", "AL", "AN"}
ISOLATE, END_ISOLATE = "\u2068", "\u2069"


def plain(text: str) -> str:
    """The text with every control character replaced by the replacement character (U+FFFD)."""
    return HIDDEN.sub("\ufffd", text)


def inline(text: str) -> str:
    """The text as a value within a sentence: kept apart where it is written from right to left."""
    shown = plain(text)
    if any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in shown):
        return f"{ISOLATE}{shown}{END_ISOLATE}"
    return shown


def in_css_string(text: str) -> Markup:
    r"""The text for between the quotes of a CSS string: all but plain letters and digits as escapes.

    >>> str(in_css_string('a"}'))
    'a\\000022\\00007d'
    """
    safe = "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in plain(text))
    return Markup(safe)  # noqa: S704 - only letters, digits and backslashes are left
