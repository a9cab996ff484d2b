"""What became of each host, one line a host, merged over the waves of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from millwright.adapters.ansible.events import ApplyResult, HostCounts

MAX_MESSAGE = 400


class HostState(StrEnum):
    """How a host came out of a run."""

    OK = "ok"
    CHANGED = "changed"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    UNFINISHED = "unfinished"
    """Its wave ended before everything was done on it, through no fault of its own."""
    WAITING = "waiting"
    """Its wave did not begin."""

    @property
    def is_done(self) -> bool:
        """Whether the host has its declared state."""
        return self in {HostState.OK, HostState.CHANGED}


@dataclass(frozen=True, slots=True)
class HostLine:
    """One host in the merged report."""

    host: str
    wave: str
    state: HostState
    ok: int = 0
    changed: int = 0
    failed: int = 0
    unreachable: int = 0
    """Tasks that ended so."""
    message: str = ""
    """Why it is not done; empty if it is."""
    resumed: bool = False
    """Done by an earlier part of this run, as its journal says."""


def lines_of(wave: str, hosts: Iterable[str], result: ApplyResult) -> tuple[HostLine, ...]:
    """What one run of Ansible left on each host of a wave."""
    counts = {found.host: found for found in result.hosts}
    reasons: dict[str, str] = {}
    for failure in result.failures:
        reasons.setdefault(failure.host, advise(f"{failure.task}: {failure.message}")[:MAX_MESSAGE])
    return tuple(_line(wave, host, counts.get(host), reasons.get(host, "")) for host in hosts)


def _line(wave: str, host: str, found: HostCounts | None, reason: str) -> HostLine:
    if found is None:
        return HostLine(host, wave, HostState.UNFINISHED, message="the run ended before this host")
    state = HostState(found.state)
    if state.is_done and not found.is_finished:
        state, reason = HostState.UNFINISHED, "the run ended before everything was done here"
    return HostLine(host, wave, state, found.ok, found.changed, found.failed, found.unreachable, reason)


def lost_lines(lines: Iterable[HostLine], lost: Mapping[str, str]) -> tuple[HostLine, ...]:
    """The same lines, where a node that Slurm lost during its wave has failed."""
    return tuple(
        HostLine(
            line.host, line.wave, HostState.FAILED, line.ok, line.changed, line.failed + 1, 0, lost[line.host]
        )
        if line.state.is_done and line.host in lost
        else line
        for line in lines
    )


ADVICE = (
    (
        (
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "Host key verification failed",
            "SSH reported an unrecognized or mismatching host key",
        ),
        "its SSH host key is not the one that is pinned, so nothing was sent to it; find out why before you "
        "pin another",
    ),
    (
        ("No space left on device", "Disk quota exceeded"),
        "a file system of the host is full; free some space and apply again, what could not be written whole "
        "was left as it was",
    ),
)
"""Words that tell a failure, and what it means for whoever reads the report."""


def advise(message: str) -> str:
    """The message, after advice where there is some.

    >>> advise("Permission denied")
    'Permission denied'
    """
    for marks, advice in ADVICE:
        if any(mark.lower() in message.lower() for mark in marks):
            return f"{advice}: {message}"
    return message
