"""What ``millwright apply`` prints and ends with; the runs are in tests/readers/test_ansible.py."""

import datetime
import json
import signal
from pathlib import Path

import pytest

from millwright.adapters.ansible.events import ApplyResult, Failure, FileChange, HostCounts
from millwright.adapters.here.facility_lock import only_one
from millwright.cli.change import apply as command
from millwright.cli.main import run
from millwright.cli.signals import EndedBySignalError
from millwright.core.errors import NotTestableError
from millwright.fleet.rollout.journal import latest_journal
from millwright.fleet.rollout.request import NO_CANARIES, Planned, read_request, request_from
from millwright.fleet.rollout.waves import Wave


@pytest.fixture
def outcome(monkeypatch, tmp_path):
    """Let the command believe in an outcome; the options that it asked for."""
    asked = []

    def pretend(hosts, failures=(), changes=(), status=0):
        by_name = {host.host: host for host in hosts}

        def apply(file, facility, options, **surroundings):
            asked.append(options)
            for event in (
                {"event": "play", "name": "Try"},
                {"event": "task", "name": "Ensure x"},
                {"event": "stats"},
            ):
                surroundings["on_event"](event)
            wanted = options.limit or tuple(by_name)
            found = tuple(by_name.get(name, HostCounts(name, 5, 0, 0, 0)) for name in wanted)
            return ApplyResult(found, failures, changes, status, tmp_path / "apply.log", 2.0)

        monkeypatch.setattr(command, "converge", apply)
        waves = (Wave("all", tuple(by_name)),) if hosts else ()
        monkeypatch.setattr(command, "plan_request", lambda *_: Planned(waves, NO_CANARIES))
        monkeypatch.setattr(command, "lost_nodes", lambda *_: {})
        monkeypatch.setattr(command, "state_folder", lambda name: tmp_path / name)
        return asked

    return pretend


def test_a_facility_with_nothing_to_provision_says_so(capsys):
    assert run(["apply", "workstation"]) == 0
    assert "no host that Ansible provisions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("host", "code", "says"),
    [
        (
            HostCounts("rack-c1", ok=9, changed=0, failed=0, unreachable=0),
            0,
            "every host is in its declared state",
        ),
        (HostCounts("rack-c1", ok=9, changed=0, failed=1, unreachable=0), 1, "1 of 1 hosts failed"),
        (HostCounts("rack-c1", ok=9, changed=0, failed=0, unreachable=1), 3, "could not be reached"),
    ],
)
def test_exit_code_and_last_words(outcome, capsys, host, code, says):
    outcome([host])
    assert run(["apply", "rack"]) == code
    assert says in " ".join(capsys.readouterr().out.split())


def test_a_limit_is_a_node_set(outcome):
    asked = outcome([])
    run(["apply", "rack", "--check", "--diff", "--limit", "rack-c[1-2],login"])
    (options,) = asked
    assert (options.check, options.diff, set(options.limit)) == (True, True, {"rack-c1", "rack-c2", "login"})


def test_a_limit_that_is_no_node_set_is_bad_input(outcome, capsys):
    asked = outcome([])
    assert run(["apply", "rack", "--limit", "rack-c[1-"]) == 2
    assert "--limit: rack-c[1-: not a node set" in capsys.readouterr().err
    assert asked == []


def test_a_check_makes_no_keys(outcome, tmp_path):
    outcome([])
    run(["apply", "rack", "--check"])
    assert not (tmp_path / "rack/ca").exists()
    run(["apply", "rack"])
    assert (tmp_path / "rack/ca/user_ca.pub").exists()


def test_text_from_hosts_is_printed_as_it_is(outcome, capsys):
    """Square brackets are rich's markup, and a title or a message may hold them."""
    host = HostCounts("rack-c1", ok=1, changed=0, failed=1, unreachable=0)
    outcome([host], failures=(Failure("rack-c1", "Ensure x", "[bold]no[/bold] } [/red]"),))
    assert run(["apply", "rack"]) == 1
    assert "[bold]no[/bold] } [/red]" in capsys.readouterr().out


def test_equal_changes_name_their_hosts_once(outcome, capsys):
    change = FileChange(
        "base : Ensure limits", "+* - memlock unlimited", ("rack-c1", "rack-c2", "rack-login")
    )
    outcome([HostCounts("rack-c1", ok=1, changed=1, failed=0, unreachable=0)], changes=(change,))
    run(["apply", "rack", "--check", "--diff"])
    out = capsys.readouterr().out
    assert "rack-c[1-2],rack-login: base : Ensure limits" in out
    assert out.count("memlock") == 1


def test_thousands_of_equal_hosts_share_a_line(outcome, capsys):
    hosts = [HostCounts(f"n{number}", ok=9, changed=0, failed=0, unreachable=0) for number in range(6000)]
    outcome([*hosts, HostCounts("n6000", ok=3, changed=0, failed=0, unreachable=1)])
    assert run(["apply", "rack"]) == 3
    out = capsys.readouterr().out
    assert "n[0-5999]" in out
    assert len(out.splitlines()) < 10


def test_json_holds_everything(outcome, capsys):
    outcome([HostCounts("rack-c1", ok=1, changed=2, failed=0, unreachable=0)])
    assert run(["apply", "rack", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["hosts"][0] == {
        "host": "rack-c1",
        "ok": 1,
        "changed": 2,
        "failed": 0,
        "unreachable": 0,
        "state": "changed",
        "wave": "all",
        "message": "",
        "resumed": False,
    }
    assert json.loads(Path(found["folder"], "report.json").read_text()) == found
    assert Path(found["log"]).name == "apply.log"
    assert found["exit_code"] == 0


def test_a_run_under_way_is_no_failure(monkeypatch, capsys, tmp_path):
    def apply(*_, **__):
        raise NotTestableError("rack is being provisioned already")

    monkeypatch.setattr(command, "converge", apply)
    monkeypatch.setattr(command, "state_folder", lambda name: tmp_path / name)
    assert run(["apply", "rack"]) == 3
    assert "being provisioned already" in capsys.readouterr().err


def test_the_stored_report_has_a_line_for_every_host(outcome, capsys):
    outcome([HostCounts(f"n{number}", ok=9, changed=0, failed=0, unreachable=0) for number in range(100)])
    run(["apply", "rack", "--json"])
    text = Path(json.loads(capsys.readouterr().out)["folder"], "report.txt").read_text()
    assert [line.split()[0] for line in text.splitlines()[1:101]] == [f"n{number}" for number in range(100)]


def test_going_on_takes_the_hosts_of_the_run_that_was_left(outcome, capsys):
    asked = outcome([HostCounts("n1", 1, 0, 1, 0), HostCounts("n2", 1, 0, 0, 0)])
    assert run(["apply", "rack", "--limit", "rack-c1"]) == 1
    assert run(["apply", "rack", "--resume", "--limit", "rack-c2"]) == 2
    assert "--limit: can't be changed on the way" in capsys.readouterr().err
    assert run(["apply", "rack", "--resume", "--max-failed", "50%"]) == 1
    assert [options.limit for options in asked] == [("n1", "n2"), ("n1",)]
    run(["apply", "rack"])
    assert "was not finished; --resume would have gone on" in capsys.readouterr().err


def test_going_on_remembers_every_option_and_takes_none_that_contradicts(outcome, tmp_path, capsys):
    asked = outcome([HostCounts("n1", 1, 0, 1, 0)])
    assert run(["apply", "rack", "--full", "--diff", "--wave-size", "8"]) == 1
    assert run(["apply", "rack", "--resume", "--wave-size", "9", "--canary", "2"]) == 2
    err = capsys.readouterr().err
    assert "--wave-size: can't be changed on the way, expected as run " in err
    assert "began (8), or left out" in err
    assert "--canary: can't be changed on the way" in err
    assert run(["apply", "rack", "--resume", "--wave-size", "8", "--max-failed", "7"]) == 1
    assert [(options.is_full, options.diff) for options in asked] == [(True, True), (True, True)]
    journal = latest_journal(tmp_path / "rack", "apply")
    assert read_request(journal, request_from()).given["max_failed"] == "7"


def test_a_run_that_was_refused_leaves_nothing_to_go_on_with(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "state_folder", lambda name: tmp_path / name)
    assert run(["apply", "rack", "--limit", "nosuch"]) == 2
    assert run(["apply", "rack", "--resume"]) == 2
    assert "no run was left unfinished" in capsys.readouterr().err


def test_a_run_that_is_told_to_end_says_how_it_goes_on(outcome, monkeypatch, tmp_path, capsys):
    outcome([HostCounts("n1", 1, 0, 0, 0)])

    def end(*_, **__):
        raise EndedBySignalError(signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(command, "converge", end)
        assert run(["apply", "rack"]) == 143
    err = capsys.readouterr().err
    assert "millwright apply rack --resume goes on with it" in err
    assert "millwright: ended by SIGTERM" in err
    journal = latest_journal(tmp_path / "rack", "apply")
    assert journal.entries()[-1]["by"] == "ended by SIGTERM"
    assert run(["apply", "rack", "--resume"]) == 0


def test_how_it_goes_on_is_told_by_the_path_that_was_typed(outcome, rack_file, tmp_path, capsys):
    outcome([HostCounts("n1", 1, 0, 1, 0)])
    copy = tmp_path / "my site" / "facility.yaml"
    copy.parent.mkdir()
    copy.write_bytes(rack_file.read_bytes())
    assert run(["apply", str(copy)]) == 1
    assert f"millwright apply '{copy}' --resume" in " ".join(capsys.readouterr().out.split())
    outcome([HostCounts("n1", 1, 0, 0, 0)])
    assert run(["apply", str(copy), "--resume"]) == 0
    assert run(["apply", str(copy), "--resume"]) == 2
    assert f"millwright apply '{copy}' without it" in " ".join(capsys.readouterr().err.split())


def test_going_on_with_nothing_is_bad_input(outcome, capsys, tmp_path):
    outcome([HostCounts("n1", 1, 0, 0, 0)])
    assert run(["apply", "rack", "--resume"]) == 2
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".lock"}, "keys were made"
    run(["apply", "rack"])
    assert run(["apply", "rack", "--resume"]) == 2
    assert "no run was left unfinished" in capsys.readouterr().err


def test_options_that_mean_nothing_are_all_told(outcome, capsys):
    asked = outcome([])
    options = ["--canary=-1", "--wave-size=0", "--by=moon", "--max-failed=5%%"]
    assert run(["apply", "rack", *options]) == 2
    assert "4 problems; nothing was changed" in capsys.readouterr().err
    assert asked == []


def test_a_run_that_is_refused_leaves_nothing_to_go_on_with(outcome, tmp_path, capsys):
    """An orphan of a killed run still changes hosts: ``--resume`` must mean the killed run, not this one."""
    outcome([HostCounts("rack-c1", 5, 0, 0, 0)])
    with only_one(tmp_path / "rack", "rack", datetime.datetime.now(datetime.UTC)):
        assert run(["apply", "rack"]) == 3
    assert "being provisioned already" in capsys.readouterr().err
    assert list((tmp_path / "rack").glob("runs/apply/*")) == []
