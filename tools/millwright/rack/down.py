"""Take a rack down, whole or half: everything in its journal, in reverse, and nothing else."""

import shutil
import signal
import time
from collections.abc import Callable, Iterable
from functools import partial

from millwright.errors import FailedError
from millwright.rack.cgroups import Cgroup, Hierarchies, cgroup_of
from millwright.rack.emulation import unmount_if_unused, unregister
from millwright.rack.firewall import withdraw
from millwright.rack.journal import Entry, Journal
from millwright.rack.kernel_limits import restore_limit
from millwright.rack.network import find_bridge, remove_bridge
from millwright.rack.plan import RackPlan
from millwright.rack.processes import depth_pids, send_signal, start_time
from millwright.rack.progress import Progress

CLEAN_END_S = 30.0
KILL_S = 10.0
POLL_S = 0.1

UNDO: dict[str, Callable[[str], None]] = {
    "bridge": remove_bridge,
    "binfmt": unregister,
    "binfmt-mount": unmount_if_unused,
    "firewall": withdraw,
    "limit": restore_limit,
}
"""How each kind of journal entry is undone, given its name."""


def ask_to_end(cgroup: Cgroup) -> None:
    """Send SIGTERM to a member's processes on the host's side: systemd-nspawn or nginx.

    Those inside of a container are left to its own systemd, which then shuts down cleanly.
    """
    for pid in cgroup.pids():
        started = start_time(pid)
        if len(depth_pids(pid)) == 1 and pid in cgroup.pids():
            send_signal(pid, started, signal.SIGTERM)


def _wait_empty(cgroup: Cgroup, limit_s: float, meanwhile: Callable[[], None]) -> bool:
    deadline = time.monotonic() + limit_s
    while cgroup.pids():
        if time.monotonic() > deadline:
            return False
        meanwhile()
        time.sleep(POLL_S)
    return True


def end_member(
    cgroup: Cgroup, limit_s: float = CLEAN_END_S, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """End whatever runs in a member's cgroup, cleanly if it can, and remove the cgroup.

    Whatever is left after ``limit_s`` seconds is killed.
    """
    if not cgroup.exists():
        return
    ask_to_end(cgroup)
    if not _wait_empty(cgroup, limit_s, meanwhile) and not _wait_empty(cgroup, KILL_S, cgroup.kill):
        pids = ", ".join(str(pid) for pid in sorted(cgroup.pids()))
        raise FailedError(f"processes {pids} in {cgroup.folders[0]} do not end even when killed")
    cgroup.remove()


def _end_all(groups: dict[str, Cgroup], progress: Progress) -> None:
    groups = {name: group for name, group in groups.items() if group.exists()}
    for name, group in groups.items():
        progress.step(name, "asked to end")
        ask_to_end(group)
    deadline = time.monotonic() + CLEAN_END_S
    for name, group in groups.items():
        limit_s = max(0.0, deadline - time.monotonic())
        end_member(group, limit_s, partial(progress.step, name, "ending"))
        progress.done(name, "ended")


def _undo_all(entries: Iterable[Entry]) -> list[str]:
    failures = []
    for entry in entries:
        try:
            if entry.kind in UNDO:
                UNDO[entry.kind](entry.name)
        except (FailedError, OSError) as error:
            failures.append(f"{entry.kind} {entry.name}: {error}")
    return failures


def take_down(plan: RackPlan, journal: Journal, hierarchies: Hierarchies, progress: Progress) -> bool:
    """Undo everything the journal knows; tell whether there was anything.

    Safe to call again, after a crash at any point, and on a rack that is not up. Caches and
    keys stay. Raises :exc:`FailedError` naming what is left; the journal then stays too.
    """
    entries = journal.entries()
    whole = cgroup_of(hierarchies, plan.name)
    members = dict.fromkeys((*journal.names("cgroup"), *whole.members()))
    _end_all({name: cgroup_of(hierarchies, plan.name, name) for name in members}, progress)
    whole.remove()
    bridge = find_bridge(plan)
    lost = [] if bridge is None else [Entry("bridge", bridge)]
    failures = _undo_all(dict.fromkeys((*reversed(entries), *lost)))
    if failures:
        raise FailedError("The rack is not down altogether:\n" + "\n".join(failures))
    for folder in (plan.state / "run", plan.state / "log", plan.shared):
        if folder.exists():
            shutil.rmtree(folder)
    journal.clear()
    return bool(entries or members or lost)
