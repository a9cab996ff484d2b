"""Run one program and turn its failure into an error that says what went wrong."""

import os
import selectors
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from millwright.errors import FailedError

TAIL_LINES = 12
QUIET_S = 1.0
END_S = 2.0


def search_path() -> str:
    """Where programs are looked for: a user's own PATH often lacks the system administrator's folders."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def find_program(name: str) -> str | None:
    """Where a program lies; None where it is not installed."""
    return shutil.which(name, path=search_path())


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What programs are started with: messages in English, so that they can be read and quoted."""
    return {**os.environ, "PATH": search_path(), "LC_ALL": "C.UTF-8", **(extra or {})}


def tail(text: str, lines: int = TAIL_LINES) -> str:
    """The last lines of a program's output, where the reason of a failure usually stands."""
    return "\n".join(text.strip().splitlines()[-lines:])


def run(argv: Sequence[str | Path], *, timeout_s: float = 60, text_input: str | None = None) -> str:
    """Run a program to its end and return its output; :exc:`FailedError` on any failure."""
    arguments = [str(argument) for argument in argv]
    try:
        done = subprocess.run(
            arguments,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            input=text_input,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise FailedError(f"{arguments[0]} did not end within {timeout_s:.0f} s") from None
    except OSError as error:
        raise FailedError(f"{arguments[0]} can't be run: {error.strerror}") from error
    if done.returncode:
        raise FailedError(f"{' '.join(arguments[:4])} … failed: {tail(done.stderr or done.stdout)}")
    return done.stdout


def _lines_as_they_come(stream: IO[bytes]) -> Iterator[str | None]:
    """Each line that a program prints, and None for every second in which it prints none."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(timeout=QUIET_S):
                yield None
                continue
            data = os.read(stream.fileno(), 65536)
            *lines, rest = (rest + data).replace(b"\r", b"\n").split(b"\n")
            for line in lines if data else [*lines, rest]:
                text = line.decode(errors="replace").strip()
                if text:
                    yield text
            if not data:
                return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()


def follow(
    argv: Sequence[str | Path], say: Callable[[str], None], extra: Mapping[str, str] | None = None
) -> None:
    """Run a long program and say at least once a second what it printed last.

    ``extra`` is added to its environment. Raises :exc:`FailedError` if it fails; whatever
    ``say`` raises ends the program first.
    """
    arguments = [str(argument) for argument in argv]
    kept: list[str] = []
    with subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(extra),
    ) as process:
        try:
            for line in _lines_as_they_come(cast("IO[bytes]", process.stdout)):
                kept = [*kept[-50:], *([line] if line else [])]
                say(kept[-1] if kept else "")
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise FailedError(f"{Path(arguments[0]).name} failed:\n{tail(chr(10).join(kept))}")
