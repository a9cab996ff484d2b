"""JSON documents within a text: tools print other lines before and after them."""

import json
from collections.abc import Mapping

from millwright.checks.parser import Fault
from millwright.results.tools.text import ToolText

MAX_DEPTH = 64


def documents(text: ToolText) -> tuple[list[tuple[str, Mapping[str, object]]], list[Fault]]:
    """Every JSON object that begins with ``{`` at the start of a line, with its place.

    What is no whole object is a fault: the output was cut, or another line is within it.
    """
    whole = "\n".join(text.lines)
    found: list[tuple[str, Mapping[str, object]]] = []
    at = 0 if whole.startswith("{") else whole.find("\n{") + 1
    while at > 0 or (at == 0 and whole.startswith("{")):
        place = text.at(whole.count("\n", 0, at))
        try:
            document, end = json.JSONDecoder().raw_decode(whole, at)
        except (ValueError, RecursionError) as error:
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
            return found, [Fault(f"{place}: not a whole JSON document: {reason}")]
        found.append((place, document))
        at = whole.find("\n{", end) + 1
        if at == 0:
            break
    return found, []
