"""Where checks read from. Tests give them a recorded node with the same methods."""

import math
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

Finding = tuple[str, str]
"""A fault code and its detail."""


class CouldNotTestError(Exception):
    """A check could not see what it judges; says nothing about the node."""


class Node:
    """The host that it runs on."""

    def text(self, path: str) -> str:
        """Content of a file."""
        try:
            with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - pathlib costs 10 ms
                return file.read()
        except OSError as error:
            raise CouldNotTestError(f"{path}: {error.strerror}") from None

    def names(self, path: str) -> list[str]:
        """Entries of a folder, sorted; empty if there is no such folder."""
        try:
            return sorted(os.listdir(path))  # noqa: PTH208 - as above
        except OSError:
            return []

    def space(self, path: str) -> tuple[float, float]:
        """Free space and free inodes in percent of what users may have."""
        try:
            found = os.statvfs(path)
        except OSError as error:
            raise CouldNotTestError(f"{path}: {error.strerror}") from None
        blocks = found.f_blocks - found.f_bfree + found.f_bavail
        return _percent(found.f_bavail, blocks), _percent(found.f_favail, found.f_files)

    def output(self, *argv: str) -> tuple[int, str]:
        """Exit code and output of a command."""
        try:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
            )
        except OSError as error:
            raise CouldNotTestError(f"{argv[0]}: {error.strerror}") from None
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def kernel_log(self) -> list[str]:
        """Messages of the kernel since boot, as far as its buffer goes back."""
        lines = []
        try:
            handle = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise CouldNotTestError(f"/dev/kmsg: {error.strerror}") from None
        try:
            while True:
                try:
                    lines.append(os.read(handle, 8192).decode("utf-8", "replace").partition(";")[2])
                except BrokenPipeError:  # the message was overwritten while it was read
                    continue
        except BlockingIOError:
            return lines
        finally:
            os.close(handle)


Check = Callable[[Node, dict[str, Any]], Iterator[Finding]]
"""Takes a node and what is expected of it; may raise :exc:`CouldNotTestError`."""


def number(text: str) -> float:
    """A number that a file or command gave; ``nan`` and ``inf``, which no comparison catches, are none."""
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not math.isfinite(found):
        raise CouldNotTestError(f"no number: {text.strip()[:40]!r}")
    return found


def _percent(part: int, whole: int) -> float:
    return 100.0 if whole <= 0 else 100.0 * part / whole
