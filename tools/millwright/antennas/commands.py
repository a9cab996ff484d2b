"""Running a tool of the host: an argument list, a time limit and a clear error."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from millwright.errors import FailedError, NotTestableError


def run_tool(
    arguments: Sequence[str],
    *,
    limit_s: float = 30,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text_input: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a tool with ``text_input`` as its input, and return what it printed, whatever its exit status.

    Raises :exc:`NotTestableError` where the tool is missing and :exc:`FailedError` past ``limit_s`` seconds.
    """
    try:
        return subprocess.run(
            list(arguments),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            input=text_input,
            timeout=limit_s,
            env=dict(environment) if environment is not None else None,
            cwd=folder,
        )
    except FileNotFoundError as error:
        raise NotTestableError(f"{arguments[0]} is missing on this machine; install it") from error
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"{arguments[0]} did not finish within {limit_s:g} s") from error


def output_of(
    arguments: Sequence[str], *, limit_s: float = 30, environment: Mapping[str, str] | None = None
) -> str:
    """What a tool printed; raises :exc:`FailedError` with its last words where it failed."""
    done = run_tool(arguments, limit_s=limit_s, environment=environment)
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()[-500:]
        raise FailedError(f"{arguments[0]} failed with status {done.returncode}: {words}")
    return done.stdout
