"""Processes told apart by start time, so that no foreign process is ever signalled."""

import os
import signal
from pathlib import Path

PROC = Path("/proc")


def start_time(pid: int, proc: Path = PROC) -> int:
    """Start time in clock ticks since boot (field 22 of proc(5) stat); 0 if no such process lives."""
    try:
        text = (proc / str(pid) / "stat").read_text()
    except OSError:
        return 0
    fields = text[text.rfind(")") + 2 :].split()
    return 0 if fields[0] in {"Z", "X"} else int(fields[19])


def is_alive(pid: int, started: int) -> bool:
    """Whether that very process still runs."""
    return started > 0 and start_time(pid) == started


def send_signal(pid: int, started: int, number: signal.Signals) -> None:
    """Signal that very process; a later one that was given its pid is left alone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if is_alive(pid, started):
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def argv_of(pid: int, proc: Path = PROC) -> tuple[str, ...]:
    """Arguments of a process; empty if it is gone."""
    try:
        raw = (proc / str(pid) / "cmdline").read_bytes()
    except OSError:
        return ()
    return tuple(part.decode(errors="replace") for part in raw.split(b"\0")[:-1])


def name_of(pid: int, proc: Path = PROC) -> str:
    """The program's name as the kernel keeps it (15 characters at most); empty if it is gone."""
    try:
        return (proc / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def depth_pids(pid: int, proc: Path = PROC) -> tuple[int, ...]:
    """A process's pid in each process namespace from ours inwards; empty if it is gone."""
    try:
        status = (proc / str(pid) / "status").read_text()
    except OSError:
        return ()
    line = next((line for line in status.splitlines() if line.startswith("NSpid:")), "")
    return tuple(int(number) for number in line.split()[1:])


def is_first_of_container(pid: int, proc: Path = PROC) -> bool:
    """Whether it is the first process of a container that we started, not of one nested in it."""
    numbers = depth_pids(pid, proc)
    return len(numbers) == 2 and numbers[1] == 1
