"""A how-to as it is walked: its blocks and commands in order, with names of the test's own."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from millwright.core.errors import ExitCode

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOW_TO = DOCS / "how-to"
PIECE = re.compile(r"^ *```(?P<kind>\w*)\n(?P<block>.*?)^ *```|`(?P<span>[^`]+)`", re.MULTILINE | re.DOTALL)
PROGRAMS = ("millwright", "ssh-keygen", "sha256sum", "scontrol", "sinfo", "systemctl")
"""First words that make words between backticks a command, where more words follow."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One command of a how-to, or one block of its YAML."""

    kind: str
    text: str


def pieces_of(text: str) -> list[Piece]:
    """Commands (one a line) and blocks of YAML, in the order in which a reader meets them.

    >>> pieces_of("Try `ls`, then `millwright rack up` and `millwright`.")
    [Piece(kind='command', text='millwright rack up')]
    """
    found = []
    for match in PIECE.finditer(text):
        if match["kind"] == "text":
            continue  # what a command prints
        if match["kind"] == "yaml":
            found.append(Piece("yaml", match["block"]))
        elif match["block"] is not None:
            found.extend(_command(line.split(" #")[0]) for line in match["block"].splitlines())
        else:
            parts = [" ".join(part.split()) for part in match["span"].split("&&")]
            found.extend(_command(part) for part in parts if _is_command(part))
    return [piece for piece in found if piece.text]


def _section(page: str, heading: str) -> str:
    """The text below one heading of second level."""
    found = [part for part in page.split("\n## ") if part.startswith(f"{heading}\n")]
    assert len(found) == 1, f"{heading}: {len(found)} sections"
    return found[0]


def _command(line: str) -> Piece:
    return Piece("command", line.strip())


def _is_command(text: str) -> bool:
    return len(text.split()) > 1 and text.split(maxsplit=1)[0] in PROGRAMS


@dataclass
class Walk:
    """One way through a how-to; everything in it is met in order, or the test fails."""

    name: str
    names: Mapping[str, str]
    """What the how-to calls something, and what it is called here."""
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    """Working directory of the commands; that of this process if None."""
    page: Path | None = None
    """The page, if it is not the how-to of that name."""
    section: str = ""
    """Heading of second level to which the walk is limited; the whole page if empty."""

    def __post_init__(self) -> None:
        page = (self.page or HOW_TO / f"{self.name}.md").read_text()
        self._left = pieces_of(_section(page, self.section) if self.section else page)

    def _next(self, kind: str) -> str:
        assert self._left, f"{self.name}: there is no further {kind}"
        piece = self._left.pop(0)
        assert piece.kind == kind, f"{self.name}: met {piece}, expected a {kind}"
        text = piece.text
        for told, meant in self.names.items():
            text = text.replace(told, meant)
        return text

    def declares(self) -> dict:
        """The next block of YAML."""
        return yaml.safe_load(self._next("yaml"))

    def meets(self, beginning: str) -> list[str]:
        """The next command, which has to begin so; for a step that is taken in another way here."""
        words = shlex.split(self._next("command"))
        assert words[: len(beginning.split())] == beginning.split(), (self.name, words)
        return words

    def start(self, beginning: str, *more: str) -> subprocess.Popen:
        """Start the next command of Millwright; ``more`` holds options that a rehearsal needs beside it."""
        return self._start(self.meets(f"millwright {beginning}"), more)

    def _start(self, words: Sequence[str], more: Sequence[str]) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", *words, *more],
            cwd=self.directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
        )

    def runs(self, beginning: str, *more: str, code: int = 0) -> str:
        """Run the next command to its end, which has to be this one; what it printed, in one line.

        A shell's ``> FILE`` at its end is followed, below ``directory``.
        """
        return self._finish(beginning, more, {code})

    def measures(self, beginning: str, *more: str) -> str:
        """Like ``runs``, for a command whose verdict depends on how busy this machine is."""
        return self._finish(beginning, more, {ExitCode.OK, ExitCode.FAIL, ExitCode.NOT_TESTED})

    def _finish(self, beginning: str, more: Sequence[str], codes: Container[int]) -> str:
        words = self.meets(f"millwright {beginning}")
        file = words[-1] if words[-2] == ">" else None
        process = self._start(words[:-2] if file else words, more)
        out, err = process.communicate(timeout=590)
        assert process.returncode in codes, (beginning, out, err)
        if file:
            (self.directory or Path()).joinpath(file).write_text(out)
        return " ".join((out + err).split())

    def is_through(self) -> bool:
        """Whether everything was met."""
        assert not self._left, f"{self.name}: never walked: {[piece.text for piece in self._left]}"
        return True
