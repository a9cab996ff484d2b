"""A proof's job: it counts only if it COMPLETED with its own fresh output."""

import shlex
from dataclasses import dataclass, field

import pytest

from millwright.antennas.proof.job import JobRequest, describe_state, run_job, submit_command
from millwright.core.verdict import Verdict

REQUEST = JobRequest("coast", "playground", "cpu", ("rack-c1", "rack-c2"), "ada", "0123abcd")
GOOD = "0123abcd ada rack-c2\n"


@dataclass
class Output:
    stdout: str = ""
    stderr: str = ""
    exited: int = 0


@dataclass
class FakeSlurm:
    """Answers as Slurm does; ``states`` are given one after the other, then the last again."""

    submitted: Output = field(default_factory=lambda: Output("77\n"))
    states: list = field(default_factory=lambda: ["COMPLETED Reason=None ExitCode=0:0"])
    output: Output = field(default_factory=lambda: Output(GOOD))
    asked: list = field(default_factory=list)
    seconds: float = 0

    def run(self, command):
        self.asked.append(command)
        program = command.split()[0]
        if program == "sbatch":
            return self.submitted
        if program == "scontrol":
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            return Output(f"JobId=77 JobState={state}") if state else Output("", "Invalid job id", 1)
        return self.output if program == "cat" else Output()

    def judge(self):
        def sleep(seconds):
            self.seconds += seconds

        return run_job(REQUEST, self.run, limit_s=30, clock=lambda: self.seconds, sleep=sleep)


def test_a_completed_job_with_its_own_output_passes_and_leaves_nothing():
    slurm = FakeSlurm(states=["PENDING Reason=Priority ExitCode=0:0", "RUNNING", "COMPLETED ExitCode=0:0"])
    outcome, detail = slurm.judge()
    assert outcome is Verdict.PASS
    assert "job 77 ran on rack-c2 for account coast in playground" in detail
    assert slurm.asked[-1] == "rm -f -- millwright-antenna-0123abcd.out"


@pytest.mark.parametrize(
    "state",
    [
        "FAILED Reason=NonZeroExitCode ExitCode=3:0",
        "COMPLETED Reason=None ExitCode=3:0",
        "COMPLETED Reason=None",
        "TIMEOUT Reason=TimeLimit ExitCode=0:1",
        "CANCELLED Reason=None ExitCode=0:0",
        "OUT_OF_MEMORY Reason=OutOfMemory ExitCode=0:125",
        "NODE_FAIL Reason=None ExitCode=0:0",
    ],
)
def test_output_that_looks_right_does_not_save_a_job_that_ended_otherwise(state):
    outcome, detail = FakeSlurm(states=[state]).judge()
    assert outcome is Verdict.FAIL
    assert state.split()[0] in detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0123abcd\n",
        "0123abcd ada\n",
        "stale ada rack-c1\n",
        "0123abcd root rack-c1\n",
        "0123abcd ada rack-r1\n",
    ],
)
def test_a_completed_job_without_its_own_output_fails(text):
    outcome, detail = FakeSlurm(output=Output(text)).judge()
    assert outcome is Verdict.FAIL
    assert "not its own" in detail


@pytest.mark.parametrize("state", ["PENDING Reason=Resources ExitCode=0:0", "RUNNING ExitCode=0:0", None])
def test_a_job_that_does_not_end_in_time_is_cancelled_and_not_measured(state):
    slurm = FakeSlurm(states=[state])
    outcome, detail = slurm.judge()
    assert outcome is Verdict.NOT_MEASURED
    assert "scancel 77" in slurm.asked
    assert "within 30 s" in detail
    assert 30 <= slurm.seconds < 35


@pytest.mark.parametrize(
    ("submitted", "outcome"),
    [
        (
            Output("", "sbatch: error: Batch job submission failed: Invalid qos specification", 1),
            Verdict.FAIL,
        ),
        (
            Output("", "sbatch: error: Unable to contact slurm controller (connect failure)", 1),
            Verdict.NOT_MEASURED,
        ),
        (Output("Welcome to the factory", "", 0), Verdict.FAIL),
        (Output("77\n", "", 1), Verdict.FAIL),
    ],
)
def test_a_job_that_is_not_taken_says_why(submitted, outcome):
    slurm = FakeSlurm(submitted=submitted)
    assert slurm.judge()[0] is outcome
    assert [command.split()[0] for command in slurm.asked] == ["sbatch"]


def test_the_number_is_read_below_a_message_of_the_day_and_before_a_cluster_name():
    assert FakeSlurm(submitted=Output("Welcome, 12 users\n77;rack\n")).judge()[0] is Verdict.PASS


def test_late_output_on_a_network_file_system_is_waited_for():
    slurm = FakeSlurm(output=Output("", "No such file", 1))
    original = slurm.run

    def run(command):
        if command.startswith("cat") and slurm.seconds >= 3:
            return Output(GOOD)
        return original(command)

    slurm.run = run
    assert slurm.judge()[0] is Verdict.PASS


def test_hostile_values_stay_one_word_each():
    hostile = JobRequest("a;id", "$(id)", "`id`", (), "ada", "x'y")
    words = shlex.split(submit_command(hostile))
    assert "--account=a;id" in words
    assert "--qos=$(id)" in words
    assert "--partition=`id`" in words
    assert words[-2] == "--wrap"
    assert shlex.split(words[-1])[:2] == ["echo", "x'y"]


def test_no_access_mode_names_no_qos():
    assert "--qos" not in submit_command(JobRequest("a", None, "p", (), "u", "n"))


def test_a_state_without_reason_is_still_a_state():
    assert describe_state("JobId=7 JobState=RUNNING") == "RUNNING (-, exit code -)"
