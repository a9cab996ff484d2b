"""Confirming a change that could have locked us out: through a connection that did not exist before it."""

import time
from collections.abc import Callable, Sequence

from millwright.antennas.gateway.guard import GUARD
from millwright.core.errors import FailedError
from millwright.core.process import run_tool

GREET = ("ssh-keyscan", "-T", "10", "127.0.0.1")
"""On the host itself: sshd must show a key on its port."""
LIMIT_S = 45
"""Shorter than the guard's minute: whoever is later than that finds the old state back."""
OPTIONS = (
    "BatchMode=yes",
    "ControlMaster=no",
    "ControlPath=none",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=20",
    "ConnectionAttempts=5",
)
GREETINGS = 5
"""How often sshd is asked to greet: it does not listen for a moment while it reloads its configuration."""


def confirm_change(kind: str, reach: Sequence[str], *, pause: Callable[[float], None] = time.sleep) -> None:
    """Enter again and say that the change of ``kind`` may stay.

    ``reach`` are the arguments of ``ssh`` that lead to the host; none where we are on it ourselves,
    and then its sshd must greet us. ``pause`` waits that many seconds before the next try.
    Raises :exc:`FailedError` if nobody gets in: the host takes the change back by itself.
    """
    if reach:
        problem = _problem_of(confirm_arguments(kind, reach))
    else:
        problem = _wait_for_greeting(pause)
        if problem is None:
            problem = _problem_of([GUARD, "confirm", kind])
    if problem is not None:
        raise FailedError(
            f"no login is possible after the change of {kind}: {problem or 'sshd does not greet'}; "
            "the host takes it back within a minute",
            code="MW4101",
        )


def _wait_for_greeting(pause: Callable[[float], None]) -> str | None:
    for _ in range(GREETINGS - 1):
        problem = _problem_of(GREET)
        if problem is None:
            return None
        pause(1)
    return _problem_of(GREET)


def _problem_of(command: Sequence[str]) -> str | None:
    """What a command says is wrong, perhaps nothing; None if all is well."""
    try:
        done = run_tool(command, limit_s=LIMIT_S)
    except FailedError as error:
        return str(error)
    good = _is_good(command, done.returncode, done.stdout)
    return None if good else done.stderr.strip()[-300:]


def confirm_arguments(kind: str, reach: Sequence[str]) -> list[str]:
    """Arguments of an ``ssh`` that shares no connection with another one."""
    options = [part for option in OPTIONS for part in ("-o", option)]
    return ["ssh", *options, *reach, f"{GUARD} confirm {kind}"]


def _is_good(arguments: Sequence[str], status: int, printed: str) -> bool:
    """ssh-keyscan ends well even if nobody answered; then it prints nothing."""
    return status == 0 and (arguments[0] != "ssh-keyscan" or bool(printed.strip()))
