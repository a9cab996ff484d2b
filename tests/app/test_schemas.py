"""Every command with ``--json`` declares its document, and the reference page shows it."""

import json
from pathlib import Path

import pytest
import typer
import typer.main

from millwright.app.schema_page import reference_page
from millwright.app.schemas import DOCUMENTS, format_of, schema_of
from millwright.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/json.md"
PENDING: set[str] = set()
"""Commands that still print what has not been declared."""


def with_json(group, prefix=""):
    found = set()
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            found |= with_json(command, f"{prefix}{name} ")
        elif any("--json" in parameter.opts for parameter in command.params):
            found.add(f"{prefix}{name}")
    return found


def test_every_command_with_json_is_declared_and_every_declared_command_has_json():
    declared = {command.partition(" --")[0] for command in DOCUMENTS}
    assert with_json(typer.main.get_command(main.app)) - PENDING == declared - PENDING


@pytest.mark.parametrize("command", DOCUMENTS)
def test_a_document_begins_with_its_name_and_version(command):
    schema = schema_of(command)
    first = next(iter(schema["properties"]))
    assert first in {"format", "schema"}
    assert first in schema["required"], "a reader looks for it first"
    name, _, version = format_of(command).partition("/")
    assert name.startswith(f"millwright-{command.replace(' --', '-').replace(' ', '-')}")
    assert int(version) >= 1


def test_no_two_commands_share_a_form():
    """Nor does one take the name of a stored run."""
    forms = [format_of(command) for command in DOCUMENTS]
    assert len(set(forms)) == len(forms)
    assert "millwright-run/1" not in forms


def test_a_reader_may_rely_on_the_schema():
    """Unknown keys are refused, so the schema is the whole of the output."""
    for command in DOCUMENTS:
        schema = schema_of(command)
        if "format" in schema["properties"]:
            assert schema["additionalProperties"] is False, command
        json.dumps(schema)


def test_the_reference_page_is_current():
    assert PAGE.read_text() == reference_page(), "run: make schema"
