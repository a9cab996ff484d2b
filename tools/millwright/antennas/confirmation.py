"""Confirming a change that could have locked us out: through a connection that did not exist before it."""

from collections.abc import Sequence

from millwright.antennas.commands import run_tool
from millwright.antennas.gateway_upkeep import GUARD
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
    try:
        commands = [confirm_arguments(kind, reach)] if reach else local_arguments(kind)
        done = [run_tool(command, limit_s=LIMIT_S) for command in commands]
        words = "; ".join(each.stderr.strip()[-300:] for each in done if each.returncode != 0)
        failed = any(each.returncode != 0 or not _greeted(each.args, each.stdout) for each in done)
    except FailedError as error:
        words, failed = str(error), True
    if failed:
        raise FailedError(
            f"nobody gets in after the change of {kind}: {words or 'sshd does not greet'}; "
            "the host takes it back within a minute"
        )


def confirm_arguments(kind: str, reach: Sequence[str]) -> list[str]:
    """Arguments of an ``ssh`` that shares no connection with another one."""
    options = [part for option in OPTIONS for part in ("-o", option)]
    return ["ssh", *options, *reach, f"{GUARD} confirm {kind}"]


def local_arguments(kind: str) -> list[list[str]]:
    """On the host itself: sshd must show a key on its port, then the change may stay."""
    return [["ssh-keyscan", "-T", "10", "127.0.0.1"], [GUARD, "confirm", kind]]


def _greeted(arguments: Sequence[str], printed: str) -> bool:
    return arguments[0] != "ssh-keyscan" or bool(printed.strip())
