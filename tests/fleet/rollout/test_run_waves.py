"""Waves one after the other, against a converge that a test makes up."""

from datetime import UTC, datetime

import pytest

from millwright.adapters.ansible.events import ApplyResult, Failure, HostCounts
from millwright.core.errors import ExitCode, FailedError
from millwright.fleet.rollout.budget import Allowance, Budget
from millwright.fleet.rollout.host_lines import HostState
from millwright.fleet.rollout.journal import is_finished, open_journal
from millwright.fleet.rollout.run_waves import RolloutContext, roll_out
from millwright.fleet.rollout.waves import Wave

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
WAVES = (
    Wave("canary", ("ctl", "n1"), is_trial=True),
    Wave("wave 1", ("n2", "n3")),
    Wave("wave 2", ("n4", "n5")),
)
FORGIVING = Budget(Allowance(9), Allowance(9))


class Fleet:
    """Hosts that come out as a test says; remembers which were asked for."""

    def __init__(self, journal, states=None, lost=None, raises=None, complete=True):
        self.journal, self.states, self.lost_later = journal, states or {}, lost or {}
        self.raises, self.complete = raises, complete
        self.asked = []

    def converge(self, wave):
        self.asked.append(wave.hosts)
        if self.raises and self.raises in wave.hosts:
            raise FailedError("Ansible stopped before it reached a host", code="MW9001")
        states = {host: self.states.get(host, "ok") for host in wave.hosts}
        counts = tuple(
            HostCounts(
                *(host, 5, int(state == "changed"), int(state == "failed"), int(state == "unreachable")),
                is_finished=self.complete,
            )
            for host, state in states.items()
        )
        failures = tuple(
            Failure(host, "Ensure x", f"it is {state}")
            for host, state in states.items()
            if state in {"failed", "unreachable"}
        )
        return ApplyResult(counts, failures, (), 0, None, 1.0, self.complete)

    def lost(self, hosts):
        return {
            host: word
            for host, word in self.lost_later.items()
            if host in hosts and [h for w in self.asked for h in w if h == host]
        }

    def run(self, budget=FORGIVING, waves=WAVES, digest="d1"):
        context = RolloutContext(self.converge, self.lost, lambda: NOW, lambda *_: None, lambda _: None)
        return roll_out(waves, budget, self.journal, digest, context)


@pytest.fixture
def journal(tmp_path):
    return open_journal(tmp_path, "apply", "20261124T140000Z-00000000")


def states(outcome):
    return {line.host: str(line.state) for line in outcome.lines}


def test_one_line_a_host_in_the_order_of_the_waves(journal):
    outcome = Fleet(journal, {"n2": "changed"}).run()
    assert [line.host for line in outcome.lines] == ["ctl", "n1", "n2", "n3", "n4", "n5"]
    assert outcome.exit_code is ExitCode.OK
    assert is_finished(journal)


def test_a_canary_that_fails_stops_everything_after_it(journal):
    fleet = Fleet(journal, {"n1": "failed"})
    outcome = fleet.run()
    assert fleet.asked == [("ctl", "n1")]
    assert states(outcome) == {"ctl": "ok", "n1": "failed"} | dict.fromkeys(
        ("n2", "n3", "n4", "n5"), "waiting"
    )
    assert outcome.exit_code is ExitCode.FAIL
    assert "1 of 2 hosts of this wave failed" in outcome.stopped
    assert not is_finished(journal)


def test_a_spent_budget_stops_before_the_next_wave_not_within_one(journal):
    fleet = Fleet(journal, {"n2": "failed"})
    outcome = fleet.run(Budget(Allowance(0), Allowance(9)))
    assert fleet.asked == [("ctl", "n1"), ("n2", "n3")]
    assert states(outcome)["n3"] == "ok"
    assert states(outcome)["n4"] == "waiting"


def test_hosts_that_can_not_be_reached_block_nobody(journal):
    fleet = Fleet(journal, {"n1": "unreachable", "n3": "unreachable"})
    outcome = fleet.run(Budget(Allowance(0), Allowance(0)))
    assert len(fleet.asked) == 3
    assert outcome.exit_code is ExitCode.NOT_TESTED
    assert outcome.stopped == ""
    (line,) = [line for line in outcome.lines if line.host == "n3"]
    assert line.message == "Ensure x: it is unreachable"


def test_a_node_that_slurm_loses_in_its_wave_has_failed(journal):
    outcome = Fleet(journal, lost={"n1": "Slurm lost it: down"}).run()
    assert states(outcome)["n1"] == "failed"
    assert outcome.stopped


def test_a_failure_in_the_last_wave_is_a_failure_with_nothing_left_to_stop(journal):
    outcome = Fleet(journal, {"n5": "failed"}).run(Budget(Allowance(0), Allowance(0)))
    assert (outcome.exit_code, outcome.stopped) == (ExitCode.FAIL, "")


def test_a_run_that_ended_early_leaves_its_hosts_unfinished(journal):
    outcome = Fleet(journal, {"ctl": "failed"}, complete=False).run()
    assert states(outcome)["n1"] == "unfinished"


def test_a_run_that_never_reached_a_host_stops_and_says_why(journal):
    outcome = Fleet(journal, raises="n2").run()
    assert states(outcome)["n2"] == "unfinished"
    assert "before it reached a host" in outcome.stopped
    assert outcome.exit_code is ExitCode.FAIL


def test_going_on_leaves_out_what_is_done_and_reports_every_host(journal):
    Fleet(journal, {"n2": "failed", "n3": "changed"}).run(Budget(Allowance(0), Allowance(9)))
    again = Fleet(journal)
    outcome = again.run()
    assert again.asked == [("n2",), ("n4", "n5")]
    assert set(states(outcome)) == {"ctl", "n1", "n2", "n3", "n4", "n5"}
    assert [line.host for line in outcome.lines if line.resumed] == ["ctl", "n1", "n3"]
    assert outcome.exit_code is ExitCode.OK
    assert is_finished(journal)


def test_a_run_killed_in_the_middle_goes_on_with_the_wave_that_it_died_in(journal):
    class Killed(BaseException):
        pass

    class Dying(Fleet):
        def converge(self, wave):
            if "n2" in wave.hosts:
                raise Killed
            return super().converge(wave)

    with pytest.raises(Killed):
        Dying(journal).run()
    again = Fleet(journal)
    again.run()
    assert again.asked == [("n2", "n3"), ("n4", "n5")]


def test_another_declared_state_makes_every_host_undone(journal):
    Fleet(journal).run(digest="d1")
    again = Fleet(journal)
    outcome = again.run(digest="d2")
    assert len(again.asked) == 3
    assert not any(line.resumed for line in outcome.lines)


def test_failures_of_the_earlier_part_count_once_they_are_mended_no_more(journal):
    Fleet(journal, {"n2": "failed"}).run(Budget(Allowance(0), Allowance(0)))
    outcome = Fleet(journal).run(Budget(Allowance(0), Allowance(0)))
    assert {line.state for line in outcome.lines} == {HostState.OK}
