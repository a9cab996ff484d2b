"""Which keys the schema of a facility allows at one place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]


def known_keys(schema: Schema, path: Sequence[str | int]) -> tuple[str, ...]:
    """Names of the keys below ``path`` (keys and indices from the top); empty if any name is allowed."""
    here = tuple(_resolve(schema, schema))
    for step in path:
        here = tuple(
            found for part in here for child in _children(part, step) for found in _resolve(schema, child)
        )
    return tuple(dict.fromkeys(key for part in here for key in part.get("properties", ())))


def _resolve(schema: Schema, part: Schema) -> Iterator[Schema]:
    """The objects that a reference or a choice stands for."""
    if "$ref" in part:
        yield from _resolve(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
    for choice in part.get("anyOf", ()):
        yield from _resolve(schema, choice)
    yield part


def _children(part: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        candidates = [part.get("items")]
    else:
        named = part.get("properties", {})
        if step in named:
            candidates = [named[step]]
        else:
            candidates = [*part.get("patternProperties", {}).values(), part.get("additionalProperties")]
    yield from (candidate for candidate in candidates if isinstance(candidate, Mapping))
