"""The reference page of every command's JSON output, as Markdown."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from millwright.app.schema import list_schemas
from millwright.app.schemas import schema_of

INTRODUCTION = """# JSON output of the commands

`millwright COMMAND --json` prints one object on standard output; progress and warnings go to standard error.
Its first key gives the name and version of its form. The number grows when a key disappears or changes its
meaning, not when one is added, so a reader should ignore keys that it does not know. The exit code is that
of the text output.

`millwright schema` lists the commands, and `millwright schema results show` prints the JSON Schema of one.
`make schema` writes this page.
"""

PRIMITIVES = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false"}
Schema = Mapping[str, Any]


def reference_page() -> str:
    """The whole page; the same declarations give the same text."""
    listed = list_schemas().documents
    rows = [
        f"| [`{each.command}`](#{_anchor(each.command)}) | `{each.format}` | {_cell(each.summary)} |"
        for each in listed
    ]
    index = "\n".join(["| command | form | content |", "| --- | --- | --- |", *rows])
    objects: dict[str, str] = {}
    sections = ("\n".join(_section(each.command, objects)) for each in listed)
    return "\n\n".join([INTRODUCTION.rstrip(), index, *sections]) + "\n"


def _section(command: str, objects: dict[str, str]) -> Iterator[str]:
    """A command's keys, then each object within it that no earlier section has described.

    ``objects`` maps the schema of each object described so far to its anchor, and is added to.
    """
    schema = schema_of(command)
    definitions: Mapping[str, Schema] = schema.get("$defs", {})
    described = {name: _fingerprint(name, each) for name, each in definitions.items() if _is_object(each)}
    new = [name for name, mark in described.items() if mark not in objects]
    for name in new:
        objects[described[name]] = _anchor(f"{command} {name}")
    links = {name: f"[{name}](#{objects[mark]})" for name, mark in described.items()}
    yield f"## {command}\n"
    yield from _table(schema, definitions, links)
    for name in new:
        yield f"\n### {command}: {name}\n"
        if summary := definitions[name].get("description", ""):
            yield f"{_cell(summary)}\n"
        yield from _table(definitions[name], definitions, links)


def _table(schema: Schema, definitions: Mapping[str, Schema], links: Mapping[str, str]) -> Iterator[str]:
    yield "| key | value | meaning |"
    yield "| --- | --- | --- |"
    for key, each in schema["properties"].items():
        meaning = "" if "$ref" in each else each.get("description", "")
        yield f"| `{key}` | {_type(each, definitions, links)} | {_cell(meaning)} |"


def _type(schema: Schema, definitions: Mapping[str, Schema], links: Mapping[str, str]) -> str:
    """The type of a value in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return links[name] if name in links else _type(definitions[name], definitions, links)
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(each, definitions, links) for each in schema["anyOf"])
    return _plain_type(schema, definitions, links)


def _plain_type(schema: Schema, definitions: Mapping[str, Schema], links: Mapping[str, str]) -> str:
    kind: str = schema.get("type", "any value")
    inner = schema.get("items" if kind == "array" else "additionalProperties")
    of = f" of {_type(inner, definitions, links)}" if isinstance(inner, Mapping) and inner else ""
    if kind in {"array", "object"}:
        return f"{'list' if kind == 'array' else kind}{of}"
    return "date" if schema.get("format") == "date" else PRIMITIVES.get(kind, kind)


def _is_object(schema: Schema) -> bool:
    return "properties" in schema


def _fingerprint(name: str, schema: Schema) -> str:
    return f"{name} {json.dumps(schema, sort_keys=True)}"


def _anchor(heading: str) -> str:
    return heading.lower().replace(":", "").replace(" ", "-")


def _cell(text: str) -> str:
    """Text within a table: one line, code in single backquotes, and JSON's word for None."""
    text = re.sub(r"\bNone\b", "Null", " ".join(text.split()))
    return text.replace("``", "`").replace("|", "\\|")
