"""``millwright rack`` as a user types it, where no rack runs."""

import json
from pathlib import Path

import pytest
import typer

from millwright.cli.site import rack
from millwright.core.errors import BadInputError, NotTestableError

BENCH = Path(__file__).parents[2] / "rack" / "data" / "bench-rack.yaml"


@pytest.fixture
def facility(tmp_path, monkeypatch):
    """A virtual facility that nobody has started, in a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "facility.yaml"
    path.write_text(BENCH.read_text().replace("name: bench-rack", "name: nowhere"))
    return path


def run(*arguments):
    return typer.main.get_command(rack.app).main([str(word) for word in arguments], standalone_mode=False)


def test_status_of_a_rack_that_is_down_exits_3(facility, capsys):
    assert run("status", "-f", facility) == 3
    assert "bench-a" in capsys.readouterr().out


def test_status_as_json_is_nothing_but_json(facility, capsys):
    assert run("status", "-f", facility, "--json") == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["format"], answer["up"]) == ("millwright-rack-status/1", False)
    assert [node["state"] for node in answer["nodes"]] == ["down", "down"]


def test_exec_on_a_node_that_does_not_run_says_how_to_start_it(facility):
    with pytest.raises(NotTestableError, match="millwright rack up"):
        run("exec", "-f", facility, "bench-a", "--", "true")


def test_exec_on_an_unknown_node_names_the_known_ones(facility):
    with pytest.raises(BadInputError, match="bench-a, bench-b"):
        run("exec", "-f", facility, "bench-c", "true")


@pytest.mark.parametrize("verb", ["up", "down", "status"])
def test_a_facility_of_real_machines_is_refused(verb):
    with pytest.raises(BadInputError, match="virtual"):
        run(verb, "-f", "workstation")


def test_a_user_without_a_way_to_root_is_told_everything_and_nothing_is_made(facility, tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 65534)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotTestableError, match="root or passwordless sudo"):
        run("up", "-f", facility)
    assert not (tmp_path / ".local").exists()
