"""A change to many hosts, wave by wave: each wave is one run, and nothing begins after a budget is spent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from millwright.adapters.ansible.events import ApplyResult
from millwright.core.errors import ExitCode, FailedError
from millwright.fleet.rollout.budget import Budget, Spent
from millwright.fleet.rollout.host_lines import HostLine, HostState, lines_of, lost_lines
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.waves import Wave

Converge = Callable[[Wave], ApplyResult]
"""Brings the hosts of a wave to their state."""

Lost = Callable[[Sequence[str]], Mapping[str, str]]
"""Nodes that can't take jobs although nobody took them out of service, with Slurm's word for it."""

SILENCE_S = 60.0
POLL_S = 3.0


class Step(StrEnum):
    """The event of a wave that is reported."""

    BEGINS = "begins"
    ENDED = "ended"


ReportWave = Callable[[Step, Wave, Sequence[HostLine]], None]


@dataclass(frozen=True, slots=True)
class RolloutContext:
    """The effects of a roll-out, and its clock."""

    converge: Converge
    lost: Lost
    clock: Callable[[], datetime]
    report: ReportWave
    wait: Callable[[float], None]
    """Sleep for so many seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a roll-out left behind."""

    lines: tuple[HostLine, ...]
    """Every selected host, in the order of the waves."""
    results: tuple[ApplyResult, ...]
    """Each wave's run."""
    stopped: str = ""
    """Why later waves did not begin; empty if all did."""
    remarks: tuple[str, ...] = ()
    """What else a reader should know, a sentence each: canaries that were replaced."""

    @classmethod
    def of_check(cls, result: ApplyResult) -> "Outcome":
        """The outcome of one run over all hosts that changed nothing."""
        return cls(lines_of("", [found.host for found in result.hosts], result), (result,))

    @property
    def exit_code(self) -> ExitCode:
        """FAIL before NOT_TESTED: what was not reached is no failure, but a failure stays one."""
        states = {line.state for line in self.lines}
        if HostState.FAILED in states or self.stopped:
            return ExitCode.FAIL
        if any(not state.is_done for state in states):
            return ExitCode.NOT_TESTED
        return max((result.exit_code for result in self.results), default=ExitCode.OK)


def roll_out(
    waves: Sequence[Wave], budget: Budget, journal: Journal, digest: str, context: RolloutContext
) -> Outcome:
    """Change the hosts of each wave, and note in the journal what each became.

    Hosts that the journal says to have this digest's state already are left out, so a run that was
    killed goes on where it was.
    """
    done = finished_hosts(journal, digest)
    lines: list[HostLine] = []
    results: list[ApplyResult] = []
    stopped = ""
    total = sum(len(wave.hosts) for wave in waves)
    for wave in waves:
        left = Wave(wave.name, tuple(host for host in wave.hosts if host not in done), wave.is_trial)
        kept = [done[host] for host in wave.hosts if host in done]
        lines.extend(kept)
        if stopped or not left.hosts:
            lines.extend(HostLine(host, wave.name, HostState.WAITING, message=stopped) for host in left.hosts)
            continue
        found, result, stopped = _one_wave(left, journal, digest, context)
        lines.extend(found)
        results.extend([result] if result else [])
        whole, overall = _spent([*kept, *found], len(wave.hosts)), _spent(lines, total)
        stopped = stopped or budget.why_to_stop(whole, overall, is_trial=wave.is_trial)
    outcome = Outcome(tuple(lines), tuple(results), stopped if _waits(lines) else "")
    finished = all(line.state.is_done for line in lines)
    journal.note(context.clock(), "end", exit_code=int(outcome.exit_code), stopped=stopped, finished=finished)
    return outcome


def _one_wave(
    wave: Wave, journal: Journal, digest: str, context: RolloutContext
) -> tuple[tuple[HostLine, ...], ApplyResult | None, str]:
    """Lines and result of a wave, and why nothing may follow where it could not be run."""
    context.report(Step.BEGINS, wave, ())
    journal.note(context.clock(), "wave", wave=wave.name, hosts=len(wave.hosts))
    before = context.lost(wave.hosts)
    result, why = None, ""
    try:
        result = context.converge(wave)
        lines = lines_of(wave.name, wave.hosts, result)
    except FailedError as error:
        why = str(error)
        lines = tuple(HostLine(host, wave.name, HostState.UNFINISHED, message=why) for host in wave.hosts)
    lines = lost_lines(lines, _newly_lost(wave, before, context))
    journal.note_all(context.clock(), (_entry(line, digest) for line in lines))
    context.report(Step.ENDED, wave, lines)
    return lines, result, why


def _newly_lost(wave: Wave, before: Mapping[str, str], context: RolloutContext) -> Mapping[str, str]:
    """Nodes that were lost in their wave; one whose slurmd was restarted is given time to call again."""
    waited_s = 0.0
    while True:
        now = {host: word for host, word in context.lost(wave.hosts).items() if host not in before}
        if not now or waited_s >= SILENCE_S:
            return now
        context.wait(POLL_S)
        waited_s += POLL_S


def _entry(line: HostLine, digest: str) -> dict[str, object]:
    entry = {"event": "host", "host": line.host, "wave": line.wave, "state": str(line.state)}
    counts = {"ok": line.ok, "changed": line.changed, "failed": line.failed, "unreachable": line.unreachable}
    return {**entry, **counts, "digest": digest, "message": line.message}


def finished_hosts(journal: Journal, digest: str) -> dict[str, HostLine]:
    """Hosts whose last entry says that they reached the state of this digest."""
    last = {str(entry["host"]): entry for entry in journal.entries() if entry["event"] == "host"}
    return {
        host: HostLine(
            host,
            str(entry["wave"]),
            HostState(str(entry["state"])),
            _int(entry, "ok"),
            _int(entry, "changed"),
            resumed=True,
        )
        for host, entry in last.items()
        if entry.get("digest") == digest and HostState(str(entry["state"])).is_done
    }


def _int(entry: Mapping[str, object], key: str) -> int:
    found = entry.get(key)
    return found if isinstance(found, int) else 0


def _spent(lines: Iterable[HostLine], hosts: int) -> Spent:
    states = [line.state for line in lines]
    return Spent(hosts, states.count(HostState.FAILED), states.count(HostState.UNREACHABLE))


def _waits(lines: Iterable[HostLine]) -> bool:
    return any(line.state in {HostState.WAITING, HostState.UNFINISHED} for line in lines)
