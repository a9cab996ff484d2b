"""``millwright apply`` without hosts: journals, resuming, reports and exit codes.

The runs themselves are in tests/adapters/ansible.
"""

import datetime
import json
import signal
from pathlib import Path

import pytest

from millwright.adapters.ansible.events import ApplyResult, Failure, FileChange, HostCounts
from millwright.adapters.here.facility_lock import only_one
from millwright.app.change import apply, resumable_run
from millwright.app.context import Context
from millwright.cli.signals import EndedBySignalError
from millwright.core.errors import BadInputError, NotTestableError
from millwright.fleet.rollout.journal import latest_journal
from millwright.fleet.rollout.request import NO_CANARIES, Planned, read_request, request_from
from millwright.fleet.rollout.waves import Wave

GOOD = HostCounts("n1", 1, 0, 0, 0)
FAILED = HostCounts("n1", 1, 0, 1, 0)


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def change(warnings):
    """Apply to a facility with these options."""

    def run(facility="rack", *, limit="", resume=False, **options):
        return apply.apply_facility(
            Context(warn=warnings.append), facility, options, limit=limit, resume=resume
        )

    return run


@pytest.fixture
def state(monkeypatch, tmp_path):
    """State of facilities of this test alone."""
    for module in (apply, resumable_run):
        monkeypatch.setattr(module, "state_folder", lambda name: tmp_path / name)
    return tmp_path / "rack"


@pytest.fixture
def outcome(monkeypatch, tmp_path, state):
    """Pretend that Ansible leaves these hosts so; the options of each of its runs."""
    asked = []

    def pretend(hosts, failures=(), changes=(), status=0):
        by_name = {host.host: host for host in hosts}

        def converge(_file, _facility, options, **rest):
            asked.append(options)
            for event in (
                {"event": "play", "name": "Try"},
                {"event": "task", "name": "Ensure x"},
                {"event": "stats"},
            ):
                rest["on_event"](event)
            wanted = options.limit or tuple(by_name)
            found = tuple(by_name.get(name, HostCounts(name, 5, 0, 0, 0)) for name in wanted)
            return ApplyResult(found, failures, changes, status, tmp_path / "apply.log", 2.0)

        monkeypatch.setattr(apply, "converge", converge)
        waves = (Wave("all", tuple(by_name)),) if hosts else ()
        monkeypatch.setattr(apply, "plan_request", lambda *_: Planned(waves, NO_CANARIES))
        monkeypatch.setattr(apply, "lost_nodes", lambda *_: {})
        return asked

    return pretend


def test_a_facility_with_nothing_to_provision_says_so(state, change):
    report = change("workstation")
    assert (report.exit_code, report.hosts) == (0, ())
    assert "no host that Ansible provisions" in report.conclusion


@pytest.mark.parametrize(
    ("host", "code", "conclusion"),
    [
        (HostCounts("rack-c1", ok=9, changed=0, failed=0, unreachable=0), 0, "in its declared state"),
        (HostCounts("rack-c1", ok=9, changed=0, failed=1, unreachable=0), 1, "1 of 1 hosts failed"),
        (HostCounts("rack-c1", ok=9, changed=0, failed=0, unreachable=1), 3, "could not be reached"),
    ],
)
def test_exit_code_and_conclusion(outcome, change, host, code, conclusion):
    outcome([host])
    report = change()
    assert report.exit_code == code
    assert conclusion in report.conclusion
    assert ("millwright apply rack --resume" in report.conclusion) == (code != 0)


def test_a_limit_is_a_node_set(outcome):
    asked = outcome([])
    apply.check_facility(Context(), "rack", limit="rack-c[1-2],login", diff=True)
    (options,) = asked
    assert (options.check, options.diff, set(options.limit)) == (True, True, {"rack-c1", "rack-c2", "login"})


def test_a_limit_that_is_no_node_set_is_bad_input(outcome, change):
    asked = outcome([])
    with pytest.raises(BadInputError, match=r"--limit: rack-c\[1-: not a node set"):
        change(limit="rack-c[1-")
    assert asked == []


def test_a_check_makes_no_keys(outcome, change, state):
    outcome([])
    apply.check_facility(Context(), "rack")
    assert not (state / "ca").exists()
    change()
    assert (state / "ca/user_ca.pub").exists()


@pytest.mark.parametrize("host", [GOOD, FAILED, HostCounts("n1", 1, 0, 0, 1)])
def test_a_check_has_nothing_to_resume(outcome, host):
    outcome([host])
    report = apply.check_facility(Context(), "rack")
    assert (report.is_check, report.folder, report.run_id) == (True, None, "")
    assert "nothing was changed" in report.conclusion
    assert "--resume" not in report.conclusion


def test_equal_changes_name_their_hosts_once(outcome, change):
    texts = FileChange("base : Ensure limits", "+* - memlock unlimited", ("rack-c1", "rack-c2"))
    outcome([GOOD], changes=(texts, FileChange(texts.task, texts.text, ("rack-login",))))
    (found,) = change().changes
    assert found.hosts == ("rack-c1", "rack-c2", "rack-login")


def test_the_stored_report_is_the_document(outcome, change):
    outcome([HostCounts("rack-c1", ok=1, changed=2, failed=0, unreachable=0)])
    report = change()
    assert report.hosts[0].model_dump() == {
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
    stored = json.loads(Path(report.folder, "report.json").read_text())
    assert type(report).model_validate(stored) == report
    assert Path(report.log).name == "apply.log"


def test_the_stored_text_has_a_line_for_every_host(outcome, change):
    outcome([HostCounts(f"n{number}", ok=9, changed=0, failed=0, unreachable=0) for number in range(100)])
    text = Path(change().folder, "report.txt").read_text()
    assert [line.split()[0] for line in text.splitlines()[1:101]] == [f"n{number}" for number in range(100)]


def test_failures_carry_their_messages(outcome, change):
    outcome([FAILED], failures=(Failure("n1", "Ensure x", "[bold]no[/bold]"),))
    report = change()
    assert report.failures[0].message == "[bold]no[/bold]"
    assert report.hosts[0].message == "Ensure x: [bold]no[/bold]"


def test_a_run_under_way_is_no_failure(monkeypatch, state, change):
    def converge(*_, **__):
        raise NotTestableError("rack is being provisioned already", code="MW9001")

    monkeypatch.setattr(apply, "converge", converge)
    with pytest.raises(NotTestableError, match="being provisioned already"):
        change()


def test_resuming_takes_the_hosts_of_the_run_that_was_left(outcome, change, warnings):
    asked = outcome([FAILED, HostCounts("n2", 1, 0, 0, 0)])
    assert change(limit="rack-c1").exit_code == 1
    with pytest.raises(BadInputError, match="--limit: can't be changed in a resumed run"):
        change(resume=True, limit="rack-c2")
    resumed = change(resume=True, max_failed="50%")
    assert resumed.exit_code == 1
    assert [options.limit for options in asked] == [("n1", "n2"), ("n1",)]
    labels = {host.host: host.label for host in resumed.hosts}
    assert labels == {"n1": "failed", "n2": "ok, before"}
    assert warnings == []
    change()
    assert "was not finished; --resume would have gone on" in warnings[0]


def test_resuming_remembers_every_option_and_refuses_what_contradicts(outcome, change, state):
    asked = outcome([FAILED])
    assert change(full=True, diff=True, wave_size=8).exit_code == 1
    with pytest.raises(BadInputError) as refused:
        change(resume=True, wave_size=9, canary=2)
    text = str(refused.value)
    assert "--wave-size: can't be changed in a resumed run, expected as run " in text
    assert "began (8), or left out" in text
    assert "--canary: can't be changed in a resumed run" in text
    assert change(resume=True, wave_size=8, max_failed="7").exit_code == 1
    assert [(options.is_full, options.diff) for options in asked] == [(True, True), (True, True)]
    journal = latest_journal(state, "apply")
    assert read_request(journal, request_from()).given["max_failed"] == "7"


def test_a_run_that_was_refused_leaves_nothing_to_resume(state, change):
    with pytest.raises(BadInputError, match="nosuch"):
        change(limit="nosuch")
    with pytest.raises(BadInputError, match="no run was left unfinished"):
        change(resume=True)


def test_an_interrupted_run_warns_with_the_command_that_resumes_it(
    outcome, change, warnings, monkeypatch, state
):
    outcome([GOOD])

    def end(*_, **__):
        raise EndedBySignalError(signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(apply, "converge", end)
        with pytest.raises(KeyboardInterrupt):
            change()
    assert "millwright apply rack --resume goes on with it" in warnings[0]
    assert latest_journal(state, "apply").entries()[-1]["by"] == "ended by SIGTERM"
    assert change(resume=True).exit_code == 0


def test_the_command_that_resumes_names_the_path_that_was_typed(outcome, change, rack_file, tmp_path):
    outcome([FAILED])
    copy = tmp_path / "my site" / "facility.yaml"
    copy.parent.mkdir()
    copy.write_bytes(rack_file.read_bytes())
    assert f"millwright apply '{copy}' --resume" in change(str(copy)).conclusion
    outcome([GOOD])
    assert change(str(copy), resume=True).exit_code == 0
    with pytest.raises(BadInputError, match=f"millwright apply '{copy}' without it"):
        change(str(copy), resume=True)


def test_resuming_nothing_is_bad_input(outcome, change, tmp_path):
    outcome([GOOD])
    with pytest.raises(BadInputError):
        change(resume=True)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} <= {".lock"}, "keys were made"
    change()
    with pytest.raises(BadInputError, match="no run was left unfinished"):
        change(resume=True)


def test_all_options_that_are_not_usable_are_reported(outcome, change):
    asked = outcome([])
    with pytest.raises(BadInputError) as refused:
        change(canary=-1, wave_size=0, group_by="moon", max_failed="5%%")
    assert len(refused.value.problems) == 4
    assert asked == []


def test_a_run_beside_another_one_leaves_nothing_to_resume(outcome, change, state):
    """An orphan of a killed run still changes hosts: ``--resume`` must mean the killed run, not this one."""
    outcome([HostCounts("rack-c1", 5, 0, 0, 0)])
    with (
        only_one(state, "rack", datetime.datetime.now(datetime.UTC)),
        pytest.raises(NotTestableError, match="being provisioned already"),
    ):
        change()
    assert list(state.glob("runs/apply/*")) == []
