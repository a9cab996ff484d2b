"""JSON from elsewhere: what is nested too deeply is an error of the text, not of this program."""

import json
from typing import Any


def load_json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever the text holds
    """Read one document; raises :exc:`ValueError` for text that is not JSON or that Python can't hold."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
