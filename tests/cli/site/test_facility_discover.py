"""``millwright facility discover``: one source, no file written over, and what must be filled in."""

import json
from pathlib import Path

import pytest

from millwright.cli.main import run

DATA = Path(__file__).resolve().parents[2] / "discovery/data"


def discover(*options):
    return run(["facility", "discover", *map(str, options)])


def test_a_file_that_is_complete(tmp_path, capsys):
    file = tmp_path / "site" / "facility.yaml"
    assert discover("--captured", DATA / "rack", "--harness", "rack-login", "--output", file) == 0
    assert run(["facility", "check", str(file)]) == 0
    assert discover("--captured", DATA / "rack", "--output", file) == 2
    assert "already exists" in capsys.readouterr().err
    assert [path.name for path in file.parent.iterdir()] == ["facility.yaml"]


def test_a_file_that_lacks_something_is_written_and_says_what(tmp_path, capsys):
    file = tmp_path / "facility.yaml"
    assert discover("--captured", DATA / "site", "--output", file) == 3
    told = capsys.readouterr().err
    assert "fill these in first:" in told
    assert "services.harness" in told
    assert file.read_text().startswith("plugin: facility\n")


def test_json(capsys):
    assert discover("--captured", DATA / "site", "--json") == 3
    found = json.loads(capsys.readouterr().out)
    assert found["facility"]["name"] == "mountain"
    assert found["unknown"]["services.harness"]
    assert any(line.startswith("services.harness") for line in found["fill_in"])


@pytest.mark.parametrize("options", [(), ("--from", "a", "--captured", "b"), ("--from", "-oProxyCommand=id")])
def test_one_source_that_is_no_option_of_ssh(options, capsys):
    assert discover(*options) == 2
    assert "nothing was changed" in capsys.readouterr().err


def test_the_commands_for_a_site_without_a_way_in(capsys):
    assert discover("--print-commands") == 0
    assert "scontrol show config > captured/scontrol-config.txt" in capsys.readouterr().out


def test_a_host_that_is_not_there_could_not_be_asked(capsys):
    assert discover("--from", "no-such-host.invalid") == 3
    assert "can't log in to" in capsys.readouterr().err
