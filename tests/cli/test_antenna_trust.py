"""``millwright antenna revoke`` and ``rotate-ca``: what is printed, and the exit codes."""

import datetime
import json

import pytest

from millwright.antennas.distribution import Distributed
from millwright.antennas.user_cas import own_ca
from millwright.cli import antenna_trust as module
from millwright.cli.main import run
from millwright.facility.places import state_folder
from millwright.facility.trust import Environment


@pytest.fixture(autouse=True)
def told(tmp_path, monkeypatch):
    """No test reads the state of a facility on this machine, or tells a host; the test says who hears it."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    unreached = {}

    def distribute(_path, facility):
        parties = ["factory", *facility.antennas]
        return Distributed(tuple(each for each in parties if each not in unreached), dict(unreached))

    monkeypatch.setattr(module, "_distribute", distribute)
    return unreached


def revoked(capsys):
    capsys.readouterr()
    assert run(["antenna", "revoke", "rack", "--list", "--json"]) == 0
    return [(row["kind"], row["value"]) for row in json.loads(capsys.readouterr().out)]


def test_a_user_is_revoked_at_each_antenna_and_taken_back(capsys):
    assert run(["antenna", "revoke", "rack", "--user", "ada", "--reason", "left"]) == 0
    printed = capsys.readouterr().out
    assert "in force at: factory, coast, hills" in printed
    assert "What is open stays open" in printed
    assert revoked(capsys) == [("user", "rack/coast/ada"), ("user", "rack/hills/ada")]
    assert run(["antenna", "revoke", "rack", "--user", "ada", "--antenna", "hills", "--lift"]) == 0
    assert revoked(capsys) == [("user", "rack/coast/ada")]


def test_who_did_not_hear_it_is_named_and_the_code_is_3(told, capsys):
    told["hills"] = "rack-antenna2 is down"
    assert run(["antenna", "revoke", "rack", "--serial", "7"]) == 3
    assert "hills: NOT REACHED, run it again: rack-antenna2 is down" in capsys.readouterr().err
    assert revoked(capsys) == [("serial", "7")]


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--user", "ada", "--serial", "7"],
        ["--user", "mallory"],
        ["--serial", "0"],
        ["--key", "/nowhere"],
        ["--key", "SHA256:x"],
        ["--serial", "7", "--reason", "a\nb"],
    ],
)
def test_bad_input_changes_nothing(options, capsys):
    assert run(["antenna", "revoke", "rack", *options]) == 2
    assert revoked(capsys) == []


def state_of(capsys, *options):
    capsys.readouterr()
    code = run(["antenna", "rotate-ca", "rack", "--json", *options])
    return code, json.loads(capsys.readouterr().out or "null")


def test_a_rotation_goes_step_by_step(capsys, monkeypatch):
    _, before = state_of(capsys, "--status")
    assert before["phase"] == "steady"
    code, overlap = state_of(capsys)
    assert (code, overlap["phase"], overlap["other"]) == (0, "overlap", before["signs"])
    assert state_of(capsys) == (0, overlap)
    later = datetime.datetime.fromisoformat(overlap["withdraw_after"])
    monkeypatch.setattr(module, "_now", lambda: later)
    code, steady = state_of(capsys)
    assert (code, steady["phase"], steady["signs"]) == (0, "steady", overlap["signs"])


def test_where_one_did_not_hear_of_the_new_ca_the_old_one_goes_on_signing(told, capsys):
    _, before = state_of(capsys, "--status")
    told["coast"] = "down"
    code, _ = state_of(capsys)
    assert code == 3
    _, waiting = state_of(capsys, "--status")
    assert (waiting["phase"], waiting["signs"]) == ("announced", before["signs"])
    told.clear()
    _, overlap = state_of(capsys)
    assert (overlap["phase"], overlap["signs"]) == ("overlap", waiting["other"])


def test_a_withdrawal_that_somebody_did_not_hear_of_goes_on_and_begins_no_other_rotation(
    told, capsys, monkeypatch
):
    _, overlap = state_of(capsys)
    later = datetime.datetime.fromisoformat(overlap["withdraw_after"])
    monkeypatch.setattr(module, "_now", lambda: later)
    told["hills"] = "down"
    assert state_of(capsys)[0] == 3
    _, waiting = state_of(capsys, "--status")
    assert (waiting["phase"], waiting["signs"]) == ("withdrawn", overlap["signs"])
    told.clear()
    code, steady = state_of(capsys)
    assert (code, steady["phase"], steady["signs"]) == (0, "steady", overlap["signs"])


def test_each_environment_has_a_ca_of_its_own(capsys):
    _, production = state_of(capsys, "--status")
    _, staging = state_of(capsys, "--status", "--environment", "staging")
    assert production["signs"] != staging["signs"]
    assert own_ca(state_folder("rack"), Environment.STAGING).current.exists()
