"""``millwright antenna list``: a table, or JSON."""

import json

from millwright.app.antenna import listing as application
from millwright.app.antenna.listing import list_antennas
from millwright.cli.main import run


def test_the_antennas_of_a_facility_are_listed(capsys):
    assert run(["antenna", "list", "rack"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.split()[:4] == ["Antenna", "Gateway", "Tunnel", "Users"]
    assert rows[0].split()[:2] == ["coast", "rack-antenna"]
    assert "10.92.0.3 - 10.92.0.1" in rows[1]


def test_markup_in_a_title_is_text_and_a_needed_bundle_is_named(monkeypatch, capsys):
    found = list_antennas("rack")
    coast = found.antennas["coast"].model_copy(update={"title": "[red]x[/]", "needs_bundle": "it is old"})
    changed = found.model_copy(update={"antennas": {"coast": coast}})
    monkeypatch.setattr(application, "list_antennas", lambda _: changed)
    assert run(["antenna", "list", "rack"]) == 0
    printed = capsys.readouterr().out
    assert "[red]x[/]" in printed
    assert printed.splitlines()[-1] == "coast: NEEDS A BUNDLE: it is old"


def test_json_holds_the_facilitys_own_words(capsys):
    assert run(["antenna", "list", "rack", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "millwright-antenna-list/1"
    assert printed["antennas"]["coast"]["tunnel"]["factory_address"] == "10.92.0.1"


def test_a_facility_without_antennas_lists_none(capsys):
    assert run(["antenna", "list", "workstation", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["antennas"] == {}
