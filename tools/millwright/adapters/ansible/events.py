"""What a run of Ansible tells, and what its outcome is: pure data, without Ansible."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from millwright.core.errors import ExitCode
from millwright.core.json_text import load_json

Event = Mapping[str, object]
"""One line of the callback ``progress``: ``event`` is start, play, task, result, diff or stats."""


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a facility is brought to its state."""

    check: bool = False
    """Only say what would change."""
    diff: bool = False
    """Tell changes of files line by line."""
    limit: tuple[str, ...] = ()
    """Hosts or groups; all where empty."""
    playbook: str = "site.yml"
    """File under ``playbooks/``."""
    tags: tuple[str, ...] = ()
    """Roles to run; all where empty."""
    skipped_tags: tuple[str, ...] = ()
    """Roles to leave out, with the check of their arguments that Ansible always makes."""
    is_full: bool = False
    """Let Ansible go through everything, even if a look at the hosts would do."""
    variables: Mapping[str, object] = field(default_factory=dict)
    """Extra variables of this run; no secrets, they are in the list of processes."""


@dataclass(frozen=True, slots=True)
class HostCounts:
    """How many tasks of one host ended how."""

    host: str
    ok: int
    changed: int
    failed: int
    unreachable: int
    is_finished: bool = True
    """Whether every play for it was reached, in each run of Ansible that went to it."""

    @property
    def state(self) -> str:
        """The worst that happened to the host."""
        if self.failed:
            return "failed"
        if self.unreachable:
            return "unreachable"
        return "changed" if self.changed else "ok"


@dataclass(frozen=True, slots=True)
class Failure:
    """A task that did not end well on one host."""

    host: str
    task: str
    message: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """Lines that changed, and the hosts on which they changed in the same way."""

    task: str
    text: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """The outcome of one run."""

    hosts: tuple[HostCounts, ...]
    failures: tuple[Failure, ...]
    changes: tuple[FileChange, ...]
    status: int
    """Exit status of Ansible."""
    log: Path | None
    """Its whole output; None if nothing had to be run."""
    seconds: float
    is_complete: bool = True
    """Whether every play was reached: Ansible ends early where all hosts of a play failed."""

    @property
    def exit_code(self) -> ExitCode:
        """FAIL before NOT_TESTED: an unreachable host is no failure, but a failure stays one."""
        states = {host.state for host in self.hosts}
        if "failed" in states:
            return ExitCode.FAIL
        if "unreachable" in states:
            return ExitCode.NOT_TESTED
        return ExitCode.FAIL if self.status else ExitCode.OK


def parse_event(line: str) -> Event:
    """Read one line; raises :exc:`ValueError` where it is not an event."""
    found = load_json(line)
    if not isinstance(found, dict) or "event" not in found:
        msg = f"not an event: {line[:80]!r}"
        raise ValueError(msg)
    return found


def summarize(events: Iterable[Event], *, status: int, log: Path, seconds: float) -> ApplyResult:
    """Condense the events of a run."""
    counts: dict[str, HostCounts] = {}
    failures: list[Failure] = []
    changed_on: dict[tuple[str, str], list[str]] = {}
    expected, begun = 0, 0
    for event in events:
        if event["event"] == "start":
            expected = int(str(event.get("plays", 0)))
        begun += event["event"] == "play"
        if event["event"] == "stats":
            counts |= _counts(event)
        elif event["event"] == "diff":
            changed_on.setdefault((str(event["task"]), str(event["text"])), []).append(str(event["host"]))
        elif event.get("status") in {"failed", "unreachable"}:
            failures.append(Failure(str(event["host"]), str(event["task"]), str(event.get("message", ""))))
    changes = tuple(FileChange(task, text, tuple(hosts)) for (task, text), hosts in changed_on.items())
    is_complete = bool(counts) and begun >= expected
    hosts = tuple(replace(host, is_finished=is_complete) for host in counts.values())
    return ApplyResult(hosts, tuple(failures), changes, status, log, seconds, is_complete)


def _counts(event: Event) -> dict[str, HostCounts]:
    hosts = event["hosts"]
    if not isinstance(hosts, dict):
        msg = "counts of hosts are missing"
        raise TypeError(msg)
    return {
        host: HostCounts(host, found["ok"], found["changed"], found["failures"], found["unreachable"])
        for host, found in hosts.items()
    }
