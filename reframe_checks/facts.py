"""Facts as JSON Lines: what the collectors beside this file share, staged with them beside the probe.

Depends on Python's standard library alone, 3.6 or newer::

    {"node": "n1", "facts": {"kernel.release": "6.12.9"}, "unreadable": {"firmware.bios_date": "no such"}}

A node has several lines: srun passes lines on whole up to 1024 bytes only. Each fact that a collector looks
for is in ``facts`` or, with the reason, in ``unreadable``.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

MAX_LINE = 900
"""Bytes of a line, newline included."""
MAX_VALUE = 400
MAX_CHUNKS = 64
"""Of 64 KiB each, of a file that is read."""
MAX_SOURCES = 60
COMMAND_SECONDS = 5
SOURCES = {".c", ".cu", ".cpp", ".f90", ".h", ".py"}


class NotReadableError(Exception):
    """A fact that this node does not give away, and why."""


class Facts:
    """Facts by dotted name, and the reasons of those that could not be read."""

    def __init__(self, node):
        self.node = node
        self.facts = {}
        self.unreadable = {}

    def take(self, name, read):
        """Keep what ``read()`` gives: one value, or several by the rest of their names."""
        try:
            found = read()
        except NotReadableError as error:
            self.unreadable[name] = clean(error)
        except Exception as error:  # one fact that can't be read must not cost the others
            self.unreadable[name] = clean(getattr(error, "strerror", None) or error or type(error).__name__)
        else:
            values = found if isinstance(found, dict) else {"": found}
            for rest, value in values.items():
                self.facts[".".join(filter(None, (name, rest)))] = clean(value)

    def lines(self):
        """Lines of JSON, each short enough to pass whole through srun."""
        for kind, items in (("facts", self.facts), ("unreadable", self.unreadable)):
            part: dict[str, str] = {}
            for name, value in sorted(items.items()):
                if part and len(self.line(kind, {**part, name: value})) > MAX_LINE:
                    yield self.line(kind, part)
                    part = {}
                part[name] = self.shortened(kind, name, value)
            if part:
                yield self.line(kind, part)

    def shortened(self, kind, name, value):
        """The value, cut until a line of its own is short enough."""
        while value and len(self.line(kind, {name: value})) > MAX_LINE:
            value = value[: len(value) // 2]
        return value

    def line(self, kind, part):
        """One line; ASCII only, so that its length is its size."""
        record = {"node": self.node, "facts": {}, "unreadable": {}}
        record[kind] = part
        return json.dumps(record) + "\n"


def clean(value):
    """One line of printable text."""
    text = "".join(c if c.isprintable() else " " for c in str(value)).strip()
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "~"


def read(path):
    """Text of a small file."""
    try:
        with Path(path).open("rb") as file:
            chunks = iter(lambda: file.read(65536), b"")  # sysctls refuse to fill a buffer of megabytes
            return b"".join(islice(chunks, MAX_CHUNKS)).decode("utf-8", "replace").strip("\0\n ")
    except FileNotFoundError:
        raise NotReadableError(f"no {path}") from None


def answer(*command):
    """What a program prints; its errors are the reason why there is none."""
    if shutil.which(command[0]) is None:
        raise NotReadableError(f"no {command[0]} here")
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        out, errors = process.communicate(timeout=COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise NotReadableError(f"{command[0]} gave no answer within {COMMAND_SECONDS} s") from None
    if process.returncode != 0:
        last = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no message"]
        raise NotReadableError(f"{command[0]}: {last[0]}")
    return out.decode("utf-8", "replace")


def sha256(path):
    """Digest of a file."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def program(name):
    """The program's file and digest."""
    path = located(name)
    return {"path": path, "sha256": sha256(path)}


def located(name):
    """The file behind a program's name."""
    path = shutil.which(name)
    if path is None:
        raise NotReadableError(f"no {name} here")
    return Path(path).resolve()


def sources():
    """Digest of each source in the stage folder."""
    paths = sorted(path for path in Path().iterdir() if path.suffix in SOURCES and path.is_file())
    return {path.name: sha256(path) for path in paths[:MAX_SOURCES]}


def print_facts(found):
    """Print every line at once."""
    sys.stdout.write("".join(found.lines()))
    sys.stdout.flush()
