"""``millwright antenna rotate-ca``: its steps, what is printed, and the exit codes."""

import datetime
import json
import shutil

import pytest

from millwright.antennas.trust.host_ca import ensure_host_ca, host_ca
from millwright.antennas.trust.user_cas import ensure_own_ca, own_ca
from millwright.cli.antenna import rotation as module
from millwright.cli.main import run
from millwright.core.places import state_folder
from millwright.facility.topics.trust import Environment


@pytest.fixture(autouse=True)
def told(hears):
    return hears(module, "distribute", "distribute_to_all_hosts")


@pytest.fixture(autouse=True)
def cas(told):
    """The CAs that an apply has made; their folder."""
    state = state_folder("rack")
    for environment in Environment:
        ensure_own_ca(state, environment)
    return ensure_host_ca(state).parent


def state_of(capsys, *options):
    capsys.readouterr()
    code = run(["antenna", "rotate-ca", "rack", "--json", *options])
    return code, json.loads(capsys.readouterr().out or "null")


@pytest.mark.parametrize("options", [(), ("--environment", "staging"), ("--hosts",)])
def test_the_status_of_a_ca_that_is_not_made_yet_makes_none(cas, capsys, options):
    shutil.rmtree(cas)
    assert run(["antenna", "rotate-ca", "rack", "--status", *options]) == 3
    assert "millwright antenna apply rack makes it" in capsys.readouterr().err
    assert not cas.exists()


def test_a_rotation_goes_step_by_step(capsys, monkeypatch):
    _, before = state_of(capsys, "--status")
    assert before["phase"] == "steady"
    code, overlap = state_of(capsys)
    assert (code, overlap["phase"], overlap["other"]) == (0, "overlap", before["signs"])
    assert state_of(capsys) == (0, overlap)
    later = datetime.datetime.fromisoformat(overlap["withdraw_after"])
    monkeypatch.setattr(module, "utc_now", lambda: later)
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
    monkeypatch.setattr(module, "utc_now", lambda: later)
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


def hosts_state(capsys, *options):
    return state_of(capsys, "--hosts", *options)


def test_hosts_change_their_ca_only_after_users_had_time_to_hear_of_it(capsys, monkeypatch):
    _, before = hosts_state(capsys, "--status")
    code, announced = hosts_state(capsys)
    assert (code, announced["whose"], announced["phase"]) == (0, "hosts", "announced")
    assert announced["signs"] == before["signs"]
    assert hosts_state(capsys) == (0, announced)
    run(["antenna", "rotate-ca", "rack", "--hosts", "--status"])
    assert "send every user a new 'antenna config'" in capsys.readouterr().out
    later = datetime.datetime.fromisoformat(announced["switch_after"])
    assert later - datetime.datetime.now(datetime.UTC) > datetime.timedelta(days=29)
    monkeypatch.setattr(module, "utc_now", lambda: later)
    code, steady = hosts_state(capsys)
    assert (code, steady["phase"], steady["signs"]) == (0, "steady", announced["other"])


@pytest.mark.parametrize("phase", ["announced", "due", "withdrawn"])
def test_a_host_that_was_not_told_holds_the_next_step_up(told, capsys, monkeypatch, phase):
    _, announced = hosts_state(capsys, "--days", "0")
    real = module.distribute_to_all_hosts
    left = [{"announced": 0, "due": 1, "withdrawn": 2}[phase]]

    def distribute(path, facility):
        if left[0] == 0:
            told["factory"] = "rack-c1 is down"
        left[0] -= 1
        return real(path, facility)

    monkeypatch.setattr(module, "distribute_to_all_hosts", distribute)
    assert hosts_state(capsys)[0] == 3
    _, waiting = hosts_state(capsys, "--status")
    assert waiting["phase"] == phase
    assert waiting["signs"] == announced["signs" if phase == "announced" else "other"]
    told.clear()
    monkeypatch.setattr(module, "distribute_to_all_hosts", real)
    assert hosts_state(capsys)[1]["phase"] == "steady"


def test_a_host_with_a_certificate_of_the_old_ca_keeps_it_trusted(capsys, monkeypatch):
    monkeypatch.setattr(module, "hosts_of_another_ca", lambda *_: ("rack-c2",))
    hosts_state(capsys, "--days", "0")
    assert run(["antenna", "rotate-ca", "rack", "--hosts"]) == 3
    assert "it still vouches for rack-c2" in capsys.readouterr().err
    assert host_ca(state_folder("rack")).former.exists()
