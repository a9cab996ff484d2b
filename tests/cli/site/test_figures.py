"""``millwright figures``: a table for people, a document for programs, an example of each kind."""

import json

import pytest

from millwright.cli.main import run
from millwright.economics.examples import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_is_printed_and_computed(kind, tmp_path, capsys):
    assert run(["figures", "--example", kind]) == 0
    file = tmp_path / "input.yaml"
    file.write_text(capsys.readouterr().out)
    assert run(["figures", str(file)]) == 0
    assert f"({kind};" in capsys.readouterr().out


def test_json_has_fractions_and_units(tmp_path, capsys):
    assert run(["figures", "--example", "conversion"]) == 0
    file = tmp_path / "input.yaml"
    file.write_text(capsys.readouterr().out)
    assert run(["figures", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["format"] == "millwright-figures/1"
    link = next(figure for figure in found["files"][0]["figures"] if figure["name"] == "link")
    assert (link["value"], link["exact"], link["unit"]) == (50.0, "50", "GB/s")


@pytest.mark.parametrize(
    ("words", "reason"), [([], "--example KIND"), (["--example", "tcoo"], "did you mean tco?")]
)
def test_what_is_missing_or_misspelled_is_named(words, reason, capsys):
    assert run(["figures", *words]) == 2
    assert reason in capsys.readouterr().err


def test_markup_in_a_title_stays_text(tmp_path, capsys):
    assert run(["figures", "--example", "green500"]) == 0
    file = tmp_path / "input.yaml"
    file.write_text(capsys.readouterr().out.replace("Efficiency of an HPL run", "'[red]=1+1[/]'"))
    assert run(["figures", str(file)]) == 0
    assert "[red]=1+1[/]" in capsys.readouterr().out
