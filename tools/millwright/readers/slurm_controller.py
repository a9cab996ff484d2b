"""Slurm's own commands, run on the controller of a facility over SSH."""

import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.errors import FailedError, NotTestableError
from millwright.facility.model import Facility

LIMIT_S = 120
SSH_FAILED = 255
SSH_OPTIONS = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15")


@dataclass(frozen=True, slots=True)
class Controller:
    """The host that is asked, and how it is reached."""

    host: str
    ssh: tuple[str, ...]
    """``ssh`` with everything up to the remote command."""
    becomes_root: bool
    """Whether commands need sudo there."""

    def run(self, argv: Sequence[str]) -> str:
        """Output of a command on the controller; every word of it is quoted for the remote shell.

        Raises :exc:`NotTestableError` where the controller can't be reached or does not answer in time,
        and :exc:`FailedError` with the command's own words where it refuses.
        """
        command = [*(["sudo", "-n", "--"] if self.becomes_root else []), *argv]
        try:
            done = subprocess.run(
                [*self.ssh, shlex.join(command)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=LIMIT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotTestableError(f"the controller {self.host} did not answer: {error}") from error
        said = done.stderr.strip() or done.stdout.strip()
        if done.returncode == SSH_FAILED or "Unable to contact slurm controller" in said:
            raise NotTestableError(f"the controller {self.host} did not answer: {said}")
        if done.returncode != 0:
            raise FailedError(f"{argv[0]} on {self.host}: {said or f'exit status {done.returncode}'}")
        return done.stdout


def controller_of(facility: Facility) -> Controller:
    """The controller of a facility; raises :exc:`NotTestableError` where it has none."""
    if facility.services is None:
        raise NotTestableError(f"{facility.name} has no services, so no Slurm knows its nodes")
    config = ("-F", str(Path(facility.ssh.config).expanduser())) if facility.ssh.config else ()
    host, user = facility.services.controller, facility.ssh.user
    return Controller(host, ("ssh", *config, *SSH_OPTIONS, "-l", user, host), becomes_root=user != "root")
