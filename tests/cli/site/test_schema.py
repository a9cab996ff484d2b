"""``millwright schema``: the list, and one command's JSON Schema."""

import json

from millwright.app.schema_page import reference_page
from millwright.cli.main import run


def test_the_list_names_every_form(capsys):
    assert run(["schema"]) == 0
    text = capsys.readouterr().out
    assert run(["schema", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "millwright-schema/1"
    assert all(each["command"] in text and each["format"] in text for each in printed["documents"])


def test_one_command_is_given_by_its_words(capsys):
    assert run(["schema", "results", "show"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["format"]["const"] == "millwright-results-show/1"


def test_a_command_without_json_is_refused_with_a_suggestion(capsys):
    assert run(["schema", "results", "shw"]) == 2
    assert "; did you mean results show?" in capsys.readouterr().err


def test_markdown_is_the_reference_page(capsys):
    assert run(["schema", "--markdown"]) == 0
    assert capsys.readouterr().out == reference_page()
