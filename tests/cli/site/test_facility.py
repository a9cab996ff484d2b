"""``millwright facility``: text, JSON and exit codes."""

import json

import pytest

from millwright.cli.main import run


def test_the_list_is_a_table_or_a_document(capsys):
    assert run(["facility", "list"]) == 0
    text = capsys.readouterr().out
    assert run(["facility", "list", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "millwright-facility-list/1"
    for each in printed["facilities"]:
        assert each["title"] in text, "a title is cut or wrapped"


def test_show_prints_hosts_or_the_whole_file(capsys):
    assert run(["facility", "show", "rack"]) == 0
    text = capsys.readouterr().out
    assert run(["facility", "show", "rack", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["facility"]["name"] == "rack"
    assert all(host in text for host in printed["services"].values())


def test_check_exits_2_in_both_forms(tmp_path, capsys):
    broken = tmp_path / "facility.yaml"
    broken.write_text("plugin: facility\n")
    assert run(["facility", "check", str(broken)]) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert run(["facility", "check", str(broken), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize("key", ["partitions", "antennas"])
def test_the_schema_knows_the_keys_of_the_file(key, capsys):
    assert run(["facility", "schema"]) == 0
    assert key in json.loads(capsys.readouterr().out)["properties"]
