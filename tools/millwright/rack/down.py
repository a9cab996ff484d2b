"""Take a rack down, whole or half: everything in its journal, in reverse, and nothing else."""

import contextlib
import shutil
import signal
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from millwright.core.errors import FailedError
from millwright.core.process import output_of
from millwright.core.progress import Progress
from millwright.rack.cgroups import Cgroup, Hierarchies, cgroup_of
from millwright.rack.emulation import BINFMT, entry_name, unmount_if_unused, unregister
from millwright.rack.firewall import withdraw
from millwright.rack.journal import Entry, Journal
from millwright.rack.kernel_limits import restore_limit
from millwright.rack.mounts import now_below
from millwright.rack.network import find_bridge, remove_bridge
from millwright.rack.plan import RackPlan
from millwright.rack.processes import depth_pids, send_signal, start_time

CLEAN_END_S = 30.0
KILL_S = 10.0
POLL_S = 0.1
NSPAWN_RUNTIME = Path("/run/systemd/nspawn")

UNDO: dict[str, Callable[[str], None]] = {
    "bridge": remove_bridge,
    "binfmt": unregister,
    "binfmt-mount": unmount_if_unused,
    "firewall": withdraw,
    "limit": restore_limit,
}
"""How each kind of journal entry is undone, given its name."""


def _on_host_side(cgroup: Cgroup) -> list[int]:
    """A member's processes outside of any container: systemd-nspawn or nginx."""
    return [pid for pid in cgroup.pids() if len(depth_pids(pid)) == 1]


def ask_to_end(cgroup: Cgroup) -> None:
    """Send SIGTERM to a member's processes on the host's side.

    systemd-nspawn then lets the container's own systemd shut down cleanly. To be asked twice
    means to it that there is no time for that.
    """
    for pid in _on_host_side(cgroup):
        started = start_time(pid)
        if pid in cgroup.pids():
            send_signal(pid, started, signal.SIGTERM)


def await_end(cgroup: Cgroup, limit_s: float, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait until a member that was asked has ended, kill what is left after that, remove its cgroup.

    A container whose systemd-nspawn has gone has nobody left to ask, so it is not waited for.
    """
    deadline = time.monotonic() + limit_s
    while _on_host_side(cgroup) and time.monotonic() < deadline:
        meanwhile()
        time.sleep(POLL_S)
    deadline = time.monotonic() + KILL_S
    while cgroup.pids():
        cgroup.kill()
        if time.monotonic() > deadline:
            pids = ", ".join(str(pid) for pid in sorted(cgroup.pids()))
            raise FailedError(
                f"processes {pids} in {cgroup.folders[0]} do not end even when killed", code="MW7023"
            )
        time.sleep(POLL_S)
    cgroup.remove()


def forget_machine(name: str, runtime: Path = NSPAWN_RUNTIME) -> None:
    """Remove what systemd-nspawn leaves on the host when it was killed; it refuses to start beside it."""
    for folder in (runtime / "unix-export" / name, runtime / "propagate" / name):
        for point in now_below(folder):
            output_of(["umount", point])
        with contextlib.suppress(OSError):  # not there, or not empty and so not ours to remove
            folder.rmdir()


def end_member(cgroup: Cgroup, limit_s: float = CLEAN_END_S) -> None:
    """End whatever runs in a member's cgroup and remove the cgroup."""
    if cgroup.exists():
        ask_to_end(cgroup)
        await_end(cgroup, limit_s)


def _end_all(groups: dict[str, Cgroup], progress: Progress) -> None:
    groups = {name: group for name, group in groups.items() if group.exists()}
    for name, group in groups.items():
        progress.step(name, "asked to end")
        ask_to_end(group)
    deadline = time.monotonic() + CLEAN_END_S
    for name, group in groups.items():
        limit_s = max(0.0, deadline - time.monotonic())
        await_end(group, limit_s, partial(progress.step, name, "ending"))
        forget_machine(name)
        progress.done(name, "ended")


def _lost_entries(plan: RackPlan) -> list[Entry]:
    """What carries the rack's name although no journal may tell of it any more."""
    bridge, emulator = find_bridge(plan), entry_name(plan.name)
    return [
        *([Entry("bridge", bridge)] if bridge else []),
        *([Entry("binfmt", emulator)] if (BINFMT / emulator).exists() else []),
    ]


def _undo_all(entries: Iterable[Entry]) -> list[str]:
    failures = []
    for entry in entries:
        try:
            if entry.kind in UNDO:
                UNDO[entry.kind](entry.name)
        except (FailedError, OSError) as error:
            failures.append(f"{entry.kind} {entry.name}: {error}")
    return failures


def clear_folders(plan: RackPlan) -> None:
    """Remove what one life of the rack wrote on the host, and what was shared between its nodes."""
    for folder in (plan.state / "run", plan.state / "log", plan.shared):
        if folder.exists():
            shutil.rmtree(folder)


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
    lost = _lost_entries(plan)
    failures = _undo_all(dict.fromkeys((*lost, *reversed(entries))))
    if failures:
        raise FailedError("The rack is not completely down:\n" + "\n".join(failures), code="MW7024")
    clear_folders(plan)
    journal.clear()
    return bool(entries or members or lost)
