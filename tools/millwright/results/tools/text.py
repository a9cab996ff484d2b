"""Text of a tool's output: decoded, without colour and without the launcher's prefixes, in lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from millwright.checks.parser import Evidence, ToolFile

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
RANK_TAG = re.compile(r"^\[\d+,\d+\]<std(?:out|err|xxx)>: ?")
"""Open MPI's ``--tag-output``."""
SRUN_LABEL = re.compile(r"^ *\d+: ?")
"""Slurm's ``srun --label``."""
MAX_LINE = 4096
"""Longer lines are cut: no tool prints a row that long."""


@dataclass(frozen=True, slots=True)
class ToolText:
    """One file as text."""

    name: str
    lines: tuple[str, ...]
    """Without trailing white space."""
    is_ended: bool
    """Whether the last line has its line end: an output that was cut often lacks it."""

    def at(self, index: int) -> str:
        """A line's place for a message."""
        return f"{self.name} line {index + 1}"


def texts(evidence: Evidence) -> tuple[ToolText, ...]:
    """Every file of the evidence as text."""
    return tuple(map(read_text, evidence.files))


def read_text(file: ToolFile) -> ToolText:
    """Decode a file; bytes that are no UTF-8 are replaced."""
    content = file.content.decode("utf-8", errors="replace")
    if "\x1b" in content:
        content = ESCAPE.sub("", content)
    # A carriage return alone repaints a progress line; only what it leaves on the screen is text.
    lines = [line.rstrip()[:MAX_LINE] for line in content.split("\n")]
    if "\r" in content:
        lines = [line.rsplit("\r", 1)[-1] for line in lines]
    is_ended = content.endswith("\n")
    if is_ended:
        lines.pop()
    return ToolText(file.name, tuple(_without_prefixes(lines)), is_ended or not content)


def _without_prefixes(lines: list[str]) -> Iterator[str]:
    filled = [line for line in lines if line]
    has_labels = bool(filled) and all(map(SRUN_LABEL.match, filled))
    for line in lines:
        if has_labels:
            yield SRUN_LABEL.sub("", line)
        else:
            yield RANK_TAG.sub("", line) if line.startswith("[") else line


def number(word: str) -> float | None:
    """A number as tools print it, or None; ``nan`` and ``inf`` are numbers here and never count later.

    >>> number("12.5"), number("N/A"), number("1_000")
    (12.5, None, None)
    """
    if "_" in word:
        return None
    try:
        return float(word)
    except ValueError:
        return None


def options_of(command: str, program: str) -> tuple[str, ...]:
    """Words of a command line after the first whose file name begins with `program`; none if it is not there.

    >>> options_of("srun -m block 'bash' -c 'exec ./osu_bw -m 4:8'", "osu_")
    ('osu_bw', '-m', '4:8')
    """
    words = [word.strip("'\";") for word in command.split()]
    for index, word in enumerate(words):
        name = word.rsplit("/", 1)[-1]
        if name.startswith(program):
            return (name, *words[index + 1 :])
    return ()


def option(words: tuple[str, ...], short: str, long: str = "") -> str | None:
    """Value of an option: ``-m 4``, ``-m4``, ``-m=4``, ``--long 4`` or ``--long=4``; the last one wins."""
    found: str | None = None
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        if word == short or (long and word == long):
            found = following
        elif long and word.startswith(f"{long}="):
            found = word.removeprefix(f"{long}=")
        elif word.startswith(short) and not word.startswith("--") and len(short) == len("-m"):
            found = word.removeprefix(short).removeprefix("=")
    return found


RANKS = re.compile(r"\s(?:-np|-n|--np|--ntasks)[ =]+(\d{1,7})(?=\s)")


def launched_ranks(command: str, program: str) -> str:
    """Ranks that a command line starts `program` with, as text; empty if it does not say so.

    >>> launched_ranks("mpirun -np 2 ./osu_bw -n 7", "osu_")
    '2'
    """
    match = re.search(rf"\s\S*{re.escape(program)}", command)
    found = RANKS.search(command[: match.start() + 1] if match else "")
    return found[1] if found else ""
