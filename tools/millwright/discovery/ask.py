"""Get the answers: from a login host over SSH, or from a folder of captured files."""

import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from millwright.core.errors import BadInputError, NotTestableError, Problem
from millwright.discovery.sources import SOURCES

SSH_FAILED = 255
OPTIONS = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15")
LIMIT_S = 120


def ask_host(ssh: Sequence[str], on_step: Callable[[str], None]) -> dict[str, str]:
    """Answers of a host by file name; commands that it does not have leave no answer.

    ``ssh`` is the command up to and with the host. Raises :exc:`NotTestableError` where it can't be entered.
    """
    found = {}
    for name, argv in SOURCES.items():
        on_step(shlex.join(argv)[:70])
        command = ["ssh", *OPTIONS, *ssh, shlex.join(argv)]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            continue  # one command that hangs there is an answer that is missing
        except OSError as error:
            raise NotTestableError(
                f"ssh can't be started: {error.strerror}; is it installed?", code="MW3404"
            ) from error
        if done.returncode == SSH_FAILED:
            message = done.stderr.decode(errors="replace").strip()
            raise NotTestableError(f"can't log in to {ssh[-1]}: {message}", code="MW8001")
        found[name] = done.stdout.decode(errors="replace")
    return found


def read_captured(folder: Path) -> dict[str, str]:
    """Answers that were captured by hand; raises :exc:`BadInputError` where there is no such folder."""
    if not folder.is_dir():
        raise BadInputError(
            [Problem(str(folder), "-", "no such folder", "a folder of captured answers", code="MW8002")]
        )
    return {
        name: (folder / name).read_text(errors="replace") for name in SOURCES if (folder / name).is_file()
    }


def read_inventory(file: Path, environment: Mapping[str, str]) -> str:
    """What ``ansible-inventory --list`` makes of an inventory, without the settings of a checkout."""
    if not file.exists():
        raise BadInputError(
            [Problem(str(file), "-", "no such file", "an inventory of Ansible", code="MW8003")]
        )
    done = subprocess.run(
        ["ansible-inventory", "--inventory", str(file.resolve()), "--list"],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=file.resolve().parent,
        check=False,
    )
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip().splitlines()
        problem = message[-1] if message else "not understood"
        raise BadInputError([Problem(str(file), "-", problem, "an inventory of Ansible", code="MW8004")])
    return done.stdout.decode(errors="replace")
