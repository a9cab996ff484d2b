"""Run all checks at once, each in a process of its own: a file system that hangs holds up nothing else.

A process that waits for such a file system can't even be killed. It is left behind and remembered, so
that the next run starts no second one; once it waited for ``hung_after_s`` the file system is at fault.
"""

import json
import os
import select
import signal
from collections import namedtuple
from typing import Any

from node_health.reading import Check, CouldNotTestError, Node

Moment = namedtuple("Moment", "wall_s monotonic_s")
"""Seconds since 1970 when the run began, and a clock that nobody sets."""


def run_checks(
    checks: dict[str, Check], node: Node, expected: dict[str, Any], memory: dict[str, Any], moment: Moment
) -> dict[str, Any]:
    """Findings of each check: ``{"faults": [[code, detail]], "could_not_test": text or None}``.

    ``memory["stuck"]`` maps checks to the process that still waits and when it began; it is updated.
    """
    stuck = {name: entry for name, entry in memory.get("stuck", {}).items() if _lives(entry)}
    results: dict[str, Any] = {}
    waiting: dict[int, tuple[str, int]] = {}
    for name, check in checks.items():
        if name in stuck:
            results[name] = _still_stuck(name, stuck[name], moment.wall_s, expected["hung_after_s"])
        else:
            pid, pipe = _start(check, node, expected)
            waiting[pipe] = (name, pid)
    results |= _collect(waiting, expected["check_timeout_s"], stuck, moment)
    memory["stuck"] = stuck
    return {name: results[name] for name in checks}


def _start(check: Check, node: Node, expected: dict[str, Any]) -> tuple[int, int]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        os.setsid()  # so that a time-out also ends what the check has started
        _close_all_but(writer)
        os.write(writer, json.dumps(_outcome(check, node, expected)).encode()[:60000])
    finally:
        os._exit(0)


def _close_all_but(pipe: int) -> None:
    """One that hangs must hold neither the lock of this run nor the pipe on which slurmd waits."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.closerange(3, pipe)
    os.closerange(pipe + 1, 4096)


def _end(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # the group is there once the process has made it
        try:
            kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _outcome(check: Check, node: Node, expected: dict[str, Any]) -> dict[str, Any]:
    faults: list[list[str]] = []
    reason = None
    try:
        for found in check(node, expected):
            faults.append(list(found))
    except CouldNotTestError as error:
        reason = str(error)
    except Exception as error:  # a check that breaks says nothing more about the node
        reason = f"{type(error).__name__}: {error}"
    return {"faults": faults, "could_not_test": reason}


def _collect(
    waiting: dict[int, tuple[str, int]], timeout_s: float, stuck: dict[str, Any], moment: Moment
) -> dict[str, Any]:
    deadline = moment.monotonic_s() + timeout_s
    results: dict[str, Any] = {}
    texts = dict.fromkeys(waiting, b"")
    while waiting and (left := deadline - moment.monotonic_s()) > 0:
        for pipe in select.select(list(waiting), [], [], left)[0]:
            part = os.read(pipe, 65536)
            texts[pipe] += part
            if not part:
                name, pid = waiting.pop(pipe)
                os.close(pipe)
                os.waitpid(pid, 0)
                results[name] = _parsed(texts[pipe])
    for name, pid in waiting.values():
        _end(pid)
        if os.waitpid(pid, os.WNOHANG)[0] == 0:
            stuck[name] = {"pid": pid, "since_s": moment.wall_s, "start": _start_time(pid)}
        results[name] = {"faults": [], "could_not_test": "no answer in time"}
    return results


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except (TypeError, ValueError):
        return {"faults": [], "could_not_test": "the check ended without an answer"}


def _still_stuck(name: str, entry: dict[str, Any], now_s: float, hung_after_s: float) -> dict[str, Any]:
    kind, _, path = name.partition(" ")
    if kind == "file_system" and now_s - entry["since_s"] >= hung_after_s:
        return {"faults": [["FS_HUNG", path]], "could_not_test": None}
    return {"faults": [], "could_not_test": f"still waiting since {now_s - entry['since_s']:.0f} s"}


def _lives(entry: dict[str, Any]) -> bool:
    started = _start_time(entry["pid"])
    return started is not None and started == entry["start"]


def _start_time(pid: int) -> str | None:
    """When a process began, in ticks since boot; tells it from a later one with its number."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - see reading
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]
