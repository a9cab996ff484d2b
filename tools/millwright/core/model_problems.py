"""What pydantic found wrong with a file, as problems that say what would be right."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from millwright.core.errors import Problem
from millwright.core.schema_keys import known_keys
from millwright.core.suggestions import did_you_mean

EXPECTED_BY_TYPE = {
    "missing": "this key",
    "string_pattern_mismatch": "text that matches {pattern}",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
}


def describe_errors(  # noqa: PLR0913 - everything that differs between files
    error: ValidationError,
    file: str,
    schema: Mapping[str, Any],
    *,
    codes: Mapping[str, str],
    other: str,
    schema_command: str,
    sentences: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Problem]:
    """One problem for each error, with a suggestion for each unknown key.

    ``codes`` gives the code by pydantic's type of the error, ``other`` that of every other type;
    ``schema_command`` prints the schema of such a file, and ``sentences`` say in words what a pattern means.
    """
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"] if part != "[key]") or "-"
        expected = EXPECTED_BY_TYPE.get(item["type"], "").format_map({**item.get("ctx", {})})
        text = item["msg"].removeprefix("Value error, ")
        if sentence := sentences.get(str(item.get("ctx", {}).get("pattern", ""))):
            text, expected = f"{str(item['input'])[:60]!r} is not allowed here", sentence
        if item["type"] == "extra_forbidden":
            *above, last = item["loc"]
            text = "unknown key"
            meant = did_you_mean(str(last), known_keys(schema, above))
            expected = f"only keys of the schema ({schema_command}){meant}"
        yield Problem(file, key, text, expected, code=codes.get(item["type"], other))
