"""One small job through Slurm as a user: submitted, waited for, and its output read."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from millwright.antennas.proof.proofs import Judgement
from millwright.core.verdict import Verdict

UNFINISHED = frozenset(
    {
        "PENDING",
        "CONFIGURING",
        "RUNNING",
        "COMPLETING",
        "SUSPENDED",
        "REQUEUED",
        "STAGE_OUT",
        "SIGNALING",
        "STOPPED",
        "UNKNOWN",
    }
)
POLL_S = 1.0
"""Pause between two questions, in seconds."""
READS = 10
"""How often the output is looked for after the job ended."""


class Output(Protocol):
    """What a remote command left: its exit status and what it printed."""

    exited: int
    stdout: str
    stderr: str


Run = Callable[[str], Output]
"""Runs one shell command as the user at the factory."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Where a proof's job goes, and the fresh word that only its own output can hold."""

    account: str
    access_mode: str | None
    partition: str
    nodes: tuple[str, ...]
    user: str
    nonce: str

    @property
    def output_file(self) -> str:
        """Output of the job, in the user's home."""
        return f"millwright-antenna-{self.nonce}.out"


def submit_command(request: JobRequest) -> str:
    """Write the ``sbatch`` command; the job prints nonce, user and node."""
    script = f'echo {shlex.quote(request.nonce)} "$(id -un)" "$SLURMD_NODENAME"'
    arguments = [
        *("sbatch", "--parsable", "--job-name=millwright-antenna", "--ntasks=1", "--time=2", "--mem=64M"),
        *(f"--account={request.account}", f"--partition={request.partition}"),
        *([f"--qos={request.access_mode}"] if request.access_mode else []),
        *(f"--output={request.output_file}", "--wrap", script),
    ]
    return shlex.join(arguments)


def run_job(
    request: JobRequest,
    run: Run,
    *,
    limit_s: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> Judgement:
    """Submit a job, wait for at most ``limit_s`` seconds and judge its output; leaves nothing behind.

    A job that did not start in time is NOT MEASURED: a full factory is no broken antenna.
    """
    submitted = run(submit_command(request))
    number = re.search(r"^(\d+)(;\S+)?$", submitted.stdout.strip().rsplit("\n", maxsplit=1)[-1])
    if submitted.exited != 0 or number is None:
        return _judge_untaken((submitted.stderr or submitted.stdout).strip()[-300:])
    job = number[1]
    try:
        state = _wait(job, run, deadline=clock() + limit_s, clock=clock, sleep=sleep)
        if is_unfinished(state):
            run(f"scancel {job}")
            started = "did not end" if state.startswith("RUNNING") else "did not start"
            detail = f"job {job} {started} within {limit_s:g} s: {state}; it was cancelled"
            return Verdict.NOT_MEASURED, detail
        return _judge_finished(request, job, state, _read(request, run, sleep))
    finally:
        run(f"rm -f -- {shlex.quote(request.output_file)}")


def _judge_untaken(words: str) -> Judgement:
    if "Unable to contact slurm controller" in words or "Socket timed out" in words:
        return Verdict.NOT_MEASURED, f"Slurm did not answer: {words}"
    return Verdict.FAIL, f"the job was not taken: {words}"


def is_unfinished(state: str) -> bool:
    """Whether a state, as :func:`describe_state` gives it, may still change."""
    return state.split(" ", maxsplit=1)[0] in UNFINISHED


def _read(request: JobRequest, run: Run, sleep: Callable[[float], None]) -> Output:
    """Read the output; a network file system may show it some seconds late."""
    for _ in range(READS - 1):
        output = run(f"cat -- {shlex.quote(request.output_file)}")
        if request.nonce in output.stdout:
            return output
        sleep(POLL_S)
    return run(f"cat -- {shlex.quote(request.output_file)}")


def _wait(
    job: str, run: Run, *, deadline: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> str:
    """Ask the controller, whose memory of a job outlives it by minutes."""
    while True:
        shown = run(f"scontrol --oneliner show job {job}")
        state = describe_state(shown.stdout if shown.exited == 0 else "")
        if not is_unfinished(state) or clock() >= deadline:
            return state
        sleep(POLL_S)


def describe_state(text: str) -> str:
    """Parse one line of ``scontrol --oneliner show job``.

    >>> describe_state("JobId=7 JobState=PENDING Reason=Resources ExitCode=0:0")
    'PENDING (Resources, exit code 0:0)'
    """
    fields = dict(re.findall(r"(?:^|\s)(JobState|Reason|ExitCode)=(\S+)", text))
    if "JobState" not in fields:
        return "UNKNOWN (the controller told no state)"
    return f"{fields['JobState']} ({fields.get('Reason', '-')}, exit code {fields.get('ExitCode', '-')})"


def _judge_finished(request: JobRequest, job: str, state: str, output: Output) -> Judgement:
    if not state.startswith("COMPLETED (") or "exit code 0:0" not in state:
        return Verdict.FAIL, f"job {job} ended {state}"
    words = output.stdout.split()
    if words[:2] != [request.nonce, request.user] or not set(words[2:3] or [""]) <= set(request.nodes):
        shown = output.stdout.strip()[:200] or output.stderr.strip()[:200]
        return Verdict.FAIL, f"job {job} COMPLETED, but its output is not its own: {shown!r}"
    mode = request.access_mode or "the default access mode"
    where = f"ran on {words[2]} for account {request.account} in {mode}"
    return Verdict.PASS, f"job {job} {where}; its output came back"
