"""``millwright explain``: what the code of an error means."""

import re
from typing import Literal

from millwright.app.document import Document
from millwright.core.error_codes import error_codes
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean


class Explanation(Document):
    """One code of an error."""

    format: Literal["millwright-explain/1"] = "millwright-explain/1"
    code: str
    title: str
    example: str
    """A line as it is printed."""
    action: str
    """What to do about it."""


def explain_code(text: str) -> Explanation:
    """The entry of a code, which may be in brackets or lower case.

    Raises :exc:`BadInputError` if there is no such code.
    """
    known = error_codes()
    code = re.sub(r"[\[\]\s]", "", text).upper()
    if code not in known:
        expected = f"a code such as MW1203{did_you_mean(code, known)}"
        raise BadInputError([Problem("CODE", text, "no such code", expected, code="MW2216")])
    found = known[code]
    return Explanation(code=found.code, title=found.title, example=found.example, action=found.action)
