"""The examples of every command's help: each is accepted, and those that need no host are run."""

import importlib.util
from pathlib import Path

import pytest

from millwright.app.site import demo
from millwright.cli import main

spec = importlib.util.spec_from_file_location("commands", Path(__file__).with_name("commands.py"))
tree = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tree)

COMMANDS = tree.commands()
RUN = {
    "facility check": 0,
    "facility list": 0,
    "facility schema": 0,
    "facility show": 0,
    "image list": 0,
    "image verify": 2,  # no image was built in this test
    "results export": 0,
    "results list": 0,
    "results show": 1,  # a value of the stored run fails
    "results verify": 1,  # nobody signed the stored run
    "report": 1,
    "demo": 0,
    "schema": 0,
}
"""Examples that need no root, no rack and no network, with their exit codes."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_it_accepts(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signers").touch()
    lines = [
        words for words in tree.examples(COMMANDS[name].help) if words[: len(name.split())] == name.split()
    ]
    assert lines, f"millwright {name} --help has no example"
    for words in lines:
        assert tree.parse(words)[0] == name


@pytest.mark.parametrize("group", main.GROUPS)
def test_the_help_of_a_group_has_an_example_of_its_own(group):
    lines = tree.examples(main._load(group).help)
    assert any(words[0] == group for words in lines), f"millwright {group} --help has no example"
    for words in lines:
        assert tree.parse(words)[0] in COMMANDS


def test_the_example_of_the_program_is_accepted():
    lines = tree.examples(tree.ROOT.help)
    assert lines
    for words in lines:
        assert tree.parse(words)[0] in COMMANDS


@pytest.fixture
def site(stored_run, rack_file, tmp_path, monkeypatch):
    """A folder with one stored run and a facility of its own; no browser and no chain is started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("webbrowser.open", lambda _address: True)
    monkeypatch.setattr(demo, "run_command", lambda _arguments: 0)
    monkeypatch.setattr(demo, "count_missing", lambda _report: 0)
    own = tmp_path / "inventories/my-site/facility.yaml"
    own.parent.mkdir(parents=True)
    own.write_bytes(rack_file.read_bytes())


@pytest.mark.parametrize("name", RUN)
def test_an_example_that_needs_no_host_runs(name, site, capsys):
    for words in tree.examples(COMMANDS[name].help):
        assert main.run(words) == RUN[name]
        printed = capsys.readouterr()
        assert printed.out or printed.err


def test_what_is_run_exists():
    assert COMMANDS.keys() >= RUN.keys()
