"""Running a program of this machine: an argument list, a time limit and a clear error."""

import os
import selectors
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from millwright.core.errors import FailedError, NotTestableError

TAIL_LINES = 12
QUIET_S = 1.0
END_S = 2.0


SYSTEM_FOLDERS = ("/usr/sbin", "/sbin")


def search_path() -> str:
    """The PATH for programs: that of a user often lacks the system administrator's folders."""
    return with_system_folders(os.environ.get("PATH", os.defpath))


def with_system_folders(path: str) -> str:
    """``path`` and the system administrator's folders.

    A PATH that names neither /usr/bin nor /bin was made on purpose and is returned as it is.
    """
    if not {"/usr/bin", "/bin"} & set(path.split(os.pathsep)):
        return path
    return os.pathsep.join([path, *SYSTEM_FOLDERS])


def find_program(name: str) -> str | None:
    """The path of a program; None if it is not installed."""
    return shutil.which(name, path=search_path())


def english_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of programs: messages in English, so that they can be read and quoted."""
    return {**os.environ, "PATH": search_path(), "LC_ALL": "C.UTF-8", **(extra or {})}


def tail(text: str, lines: int = TAIL_LINES) -> str:
    """The last lines of a program's output, which usually hold the reason of a failure."""
    return "\n".join(text.strip().splitlines()[-lines:])


def run_tool(
    arguments: Sequence[str | Path],
    *,
    limit_s: float = 30,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text_input: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a program with ``text_input`` as its input, and return its result whatever its exit status.

    ``environment`` None means :func:`english_environment`. Raises :exc:`NotTestableError` if the program is
    missing and :exc:`FailedError` after ``limit_s`` seconds or if it cannot be started.
    """
    words = [str(argument) for argument in arguments]
    try:
        return subprocess.run(
            words,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            input=text_input,
            timeout=limit_s,
            env=english_environment() if environment is None else dict(environment),
            cwd=folder,
        )
    except FileNotFoundError as error:
        raise NotTestableError(f"{words[0]} is missing on this machine; install it", code="MW3502") from error
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"{words[0]} did not finish within {limit_s:g} s", code="MW3503") from error
    except OSError as error:
        raise FailedError(f"{words[0]} can't be run: {error.strerror}", code="MW3504") from error


def output_of(
    arguments: Sequence[str | Path],
    *,
    limit_s: float = 60,
    environment: Mapping[str, str] | None = None,
    text_input: str = "",
) -> str:
    """The standard output of a program; raises :exc:`FailedError` with its last lines if it fails."""
    done = run_tool(arguments, limit_s=limit_s, environment=environment, text_input=text_input)
    if done.returncode != 0:
        command = " ".join(str(argument) for argument in arguments[:4])
        raise FailedError(
            f"{command} … failed with status {done.returncode}: {tail(done.stderr or done.stdout)}",
            code="MW3505",
        )
    return done.stdout


def follow(
    argv: Sequence[str | Path], report: Callable[[str], None], extra: Mapping[str, str] | None = None
) -> None:
    """Run a long program and report at least once a second the last line it printed.

    ``extra`` is added to its environment. Raises :exc:`FailedError` if it fails; whatever
    ``report`` raises ends the program first.
    """
    arguments = [str(argument) for argument in argv]
    kept: list[str] = []
    with subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=english_environment(extra),
    ) as process:
        try:
            for line in _lines_as_they_come(cast("IO[bytes]", process.stdout)):
                kept = [*kept[-50:], *([line] if line else [])]
                report(kept[-1] if kept else "")
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise FailedError(f"{Path(arguments[0]).name} failed:\n{tail(chr(10).join(kept))}", code="MW3506")


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
