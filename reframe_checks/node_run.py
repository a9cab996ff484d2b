"""Runs a probe on one node and always prints how it ended; staged beside the probe.

``python3 node_run.py PROGRAM [ARGUMENT ...]`` passes the program's lines on, each whole. What vouches for the
samples (``{"probe":"done",...}``) is held back until the program has ended with exit code 0. Any other end, a
line of the protocol that is broken, and a program that prints nothing more within its time end with::

    {"probe": "failed", "code": 3, "reason": "no such device", "node": "n17"}

so that a node's failure is that node's, with its reason. The exit code is the program's, 124 after its time
(``MILLWRIGHT_NODE_SECONDS``), 128 and the signal's number after a signal, and 1 after a broken line.
Depends on Python's standard library alone, 3.6 or newer.
"""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

MAX_REASON = 300
"""Characters of a reason: srun passes lines on whole up to 1024 bytes only."""
MAX_LINE = 900
"""Bytes of a line that is passed on."""
MAX_OTHER_LINES = 1000
"""Lines beside the protocol that are passed on."""
LAST_WORDS = 3
"""Lines of stderr that make a reason."""
CHUNK = 65536
OUT_OF_TIME = 124
BROKEN = 1
GRACE_S = 2.0
"""For pipes that a descendant holds open after the program's end."""


def node_name():
    """Where the values come from: what the check says, else what Slurm says, else this host's name."""
    return os.environ.get("MILLWRIGHT_NODE") or os.environ.get("SLURMD_NODENAME") or socket.gethostname()


class Relay:
    """Passes lines of the program on and keeps what its end depends on."""

    def __init__(self, write):
        self.write = write
        self.rest = b""
        self.held = []
        """Lines that vouch for samples."""
        self.broken = ""
        """The first broken line of the protocol, and why."""
        self.other_lines = 0

    def take(self, data):
        """Read a piece of the output."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self.take_line(line)
        if len(self.rest) > CHUNK:
            self.break_off("a line of more than 64 KiB", self.rest)
            self.rest = b""

    def end(self):
        """A line without an end was cut."""
        if self.rest.startswith(b"{"):
            self.break_off("its output is cut in the middle of a line", self.rest)
        elif self.rest:
            self.take_line(self.rest)
        self.rest = b""

    def take_line(self, line):
        """Pass a line on, unless it is broken or has to wait."""
        if not line.startswith(b"{"):
            self.other_lines += 1
            if self.other_lines <= MAX_OTHER_LINES:
                text = line[: MAX_LINE // 4].decode("utf-8", "backslashreplace")
                self.write("".join(c if c.isprintable() else "?" for c in text).encode() + b"\n")
            return
        try:
            found = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            self.break_off("printed a broken line", line)
            return
        if len(line) > MAX_LINE:
            self.break_off("printed a line that is too long", line)
        elif "probe" in found:
            self.held.append(line + b"\n")
        else:
            self.write(line + b"\n")

    def break_off(self, why, line):
        """Keep why the node can't vouch for its samples."""
        shown = line[:60].decode("utf-8", "backslashreplace")
        self.broken = self.broken or f"{why}: {shown}"


class LastWords:
    """The last lines of stderr."""

    def __init__(self):
        self.lines: deque[bytes] = deque(maxlen=LAST_WORDS)
        self.rest = b""

    def take(self, data):
        """Read a piece of it."""
        *lines, rest = (self.rest + data).split(b"\n")
        self.lines.extend(line for line in lines if line.strip())
        self.rest = rest[-CHUNK:]

    def text(self):
        """One line; without the name with which our probes begin."""
        lines = [*self.lines, *([self.rest] if self.rest.strip() else [])][-LAST_WORDS:]
        texts = [line.decode("utf-8", "backslashreplace").strip() for line in lines]
        return " / ".join(text[7:] if text.startswith("probe: ") else text for text in texts)


def write_whole(data):
    """To standard output, at once if the pipe takes it."""
    while data:
        data = data[os.write(1, data) :]


def clean(text):
    """One short line of printable text."""
    text = "".join(c if c.isprintable() else " " for c in text).strip()
    return text if len(text) <= MAX_REASON else text[: MAX_REASON - 1] + "~"


def descendants(process):
    """Every process below one, as /proc shows them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, left = [], [process]
    while left:
        left.extend(children.get(left[0], []))
        found.append(left.pop(0))
    return found


def kill(process):
    """End the program and whatever it started."""
    for number in reversed(descendants(process.pid)):
        with suppress(OSError):
            os.kill(number, signal.SIGKILL)


class Stopped(Exception):  # noqa: N818 - no error
    """Somebody asked this process to end."""


def stop(number, _frame):
    """Slurm sends SIGTERM before it kills a job at its time limit."""
    raise Stopped(number)


def run(command, seconds, relay, words):
    """Run the program; its exit code, and why it failed if its own words don't say."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        return 127, f"{command[0]}: {error.strerror}"
    try:
        end = follow(process, seconds, relay, words)
    except Stopped as stopped:
        kill(process)
        process.wait()
        return 128 + stopped.args[0], f"stopped by signal {stopped.args[0]}"
    if end is None:
        kill(process)
        process.wait()
        return OUT_OF_TIME, f"still running after {seconds:.0f} s"
    if end < 0:
        return 128 - end, f"killed by signal {-end}"
    return end, ""


def follow(process, seconds, relay, words):
    """Read both pipes to their end; the return code, or None if time is up."""
    limit = time.monotonic() + seconds if seconds else None
    takers = {process.stdout: relay.take, process.stderr: words.take}
    with selectors.DefaultSelector() as selector:
        for pipe in takers:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            now = time.monotonic()
            if limit is not None and now >= limit:
                return None
            wait = 1.0 if limit is None else min(1.0, limit - now)
            for key, _ in selector.select(wait):
                data = os.read(key.fd, CHUNK)
                if data:
                    if key.fileobj is process.stderr:
                        os.write(2, data)
                    takers[key.fileobj](data)
                else:
                    selector.unregister(key.fileobj)
            if process.poll() is not None:  # descendants may keep the pipes open for ever
                limit = min(limit or float("inf"), time.monotonic() + GRACE_S)
                if not selector.select(0):
                    break
    return wait_for(process, limit)


def wait_for(process, limit):
    """The return code of a program that prints nothing more, or None if time is up."""
    try:
        return process.wait(None if limit is None else max(0.0, limit - time.monotonic()) + GRACE_S)
    except subprocess.TimeoutExpired:
        return None


def main(command):
    """Run the command and print how it ended; the exit code."""
    signal.signal(signal.SIGTERM, stop)
    relay, words = Relay(write_whole), LastWords()
    code, reason = run(command, float(os.environ.get("MILLWRIGHT_NODE_SECONDS") or 0), relay, words)
    relay.end()
    if code == 0 and relay.broken:
        code, reason = BROKEN, relay.broken
    if code == 0:
        write_whole(b"".join(relay.held))
        return 0
    parts = [part for part in (reason, words.text(), relay.broken if code != BROKEN else "") if part]
    end = {
        "probe": "failed",
        "code": code,
        "reason": clean("; ".join(parts)) or "no message",
        "node": node_name(),
    }
    write_whole(json.dumps(end).encode() + b"\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
