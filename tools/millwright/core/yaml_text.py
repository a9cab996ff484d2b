"""YAML from elsewhere: a key given twice is refused, and no text takes the reader's time, memory or stack.

Plain YAML keeps the last of two equal keys in silence, recurses into whatever is nested, and lets a few
aliases stand for millions of values.
"""

from typing import Any

import yaml

MAX_CHARACTERS = 16 * 1024 * 1024
"""Longer than the description of 100,000 hosts, one by one."""
MAX_DEPTH = 100
MAX_VALUES = 3_000_000
"""Values of a document, those behind an alias counted each time it is used."""

if yaml.__with_libyaml__:
    from yaml import CSafeLoader as _Loader
else:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # the same interface


def load_yaml(text: str) -> object:
    """Read one document.

    Raises :exc:`yaml.YAMLError` for text that is not YAML, for a repeated key, for a value that Python can't
    hold (2026-02-31, a number of 5,000 digits) and for a document beyond the limits of this module.
    """
    if len(text) > MAX_CHARACTERS:
        raise yaml.YAMLError(f"{len(text)} characters are more than {MAX_CHARACTERS}")
    try:
        _find_excess(text)
        return yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError) as error:
        raise yaml.YAMLError(f"a value can't be read: {error}") from error


def _find_excess(text: str) -> None:
    """Raise :exc:`yaml.YAMLError` for what must not be built; the parser itself does not recurse."""
    sizes: dict[str, int] = {}
    open_parts: list[tuple[str | None, int]] = []
    values = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_parts.pop()
            if anchor is not None:
                sizes[anchor] = values - before
        elif isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_parts):
                raise _refusal(event, "contains itself")
            values += sizes.get(event.anchor or "", 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            open_parts.append((event.anchor, values))
            values += 1
        elif isinstance(event, yaml.ScalarEvent):
            values += 1
        if len(open_parts) > MAX_DEPTH:
            raise _refusal(event, f"nested deeper than {MAX_DEPTH}")
        if values > MAX_VALUES:
            raise _refusal(event, f"stands for more than {MAX_VALUES} values")


def _refusal(event: yaml.Event, problem: str) -> yaml.MarkedYAMLError:
    mark = event.start_mark
    place = yaml.Mark("", mark.index, mark.line, mark.column, None, 0) if mark else None
    return yaml.MarkedYAMLError(problem=problem, problem_mark=place)


class _UniqueKeyLoader(_Loader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is given twice", key_node.start_mark
                )
            seen.add(key if isinstance(key, str | int) else id(key))
        return super().construct_mapping(node, deep)
