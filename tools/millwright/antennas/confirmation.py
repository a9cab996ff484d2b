"""Confirming a change that could have locked us out: through a connection that did not exist before it."""

from collections.abc import Sequence

from millwright.antennas.commands import run_tool
from millwright.antennas.guard import GUARD
from millwright.errors import FailedError

LIMIT_S = 45
"""Shorter than the guard's minute: whoever is later than that finds the old state back."""
OPTIONS = (
    "BatchMode=yes",
    "ControlMaster=no",
    "ControlPath=none",
    "StrictHostKeyChecking=yes",
    "ConnectTimeout=20",
)


def confirm_change(kind: str, reach: Sequence[str]) -> None:
    """Enter anew and say that the change of ``kind`` may stay.

    ``reach`` are the arguments of ``ssh`` that lead to the host; none where we are on it ourselves,
    and then its sshd must greet us.
    Raises :exc:`FailedError` where nobody gets in: the host takes the change back by itself.
    """
    commands = [confirm_arguments(kind, reach)] if reach else local_arguments(kind)
    for command in commands:
        try:
            done = run_tool(command, limit_s=LIMIT_S)
            problem = (
                None if _is_good(done.args, done.returncode, done.stdout) else done.stderr.strip()[-300:]
            )
        except FailedError as error:
            problem = str(error)
        if problem is not None:
            raise FailedError(
                f"nobody gets in after the change of {kind}: {problem or 'sshd does not greet'}; "
                "the host takes it back within a minute"
            )


def confirm_arguments(kind: str, reach: Sequence[str]) -> list[str]:
    """Arguments of an ``ssh`` that shares no connection with another one."""
    options = [part for option in OPTIONS for part in ("-o", option)]
    return ["ssh", *options, *reach, f"{GUARD} confirm {kind}"]


def local_arguments(kind: str) -> list[list[str]]:
    """On the host itself: sshd must show a key on its port, then the change may stay."""
    return [["ssh-keyscan", "-T", "10", "127.0.0.1"], [GUARD, "confirm", kind]]


def _is_good(arguments: Sequence[str], status: int, printed: str) -> bool:
    """ssh-keyscan ends well also where nobody answered; then it prints nothing."""
    return status == 0 and (arguments[0] != "ssh-keyscan" or bool(printed.strip()))
