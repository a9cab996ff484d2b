"""How published figures read."""

import json

from millwright.cli.main import run


def test_a_reference_is_shown_with_marks_notes_and_sources(capsys):
    assert run(["facility", "show", "lumi"]) == 0
    text = capsys.readouterr().out
    assert "531.51?" in text
    assert "never a reference" in text
    assert "lumi_ug" in text
    assert "2024-10-15" in text


def test_compare_prints_claims_as_words(capsys):
    assert run(["facility", "compare", "hammerhai", "jupiter"]) == 0
    text = capsys.readouterr().out
    assert "not comparable" in text
    assert "announced" in text


def test_json_of_both(capsys):
    assert run(["facility", "compare", "lumi", "jupiter", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "millwright-facility-compare/1"
    assert run(["facility", "show", "pharos", "--published", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["antennas"]) == 4


def test_the_list_names_references_on_request(capsys):
    assert run(["facility", "list"]) == 0
    assert "gigafactory-synthetic" not in capsys.readouterr().out
    assert run(["facility", "list", "--references"]) == 0
    assert "gigafactory-synthetic" in capsys.readouterr().out
