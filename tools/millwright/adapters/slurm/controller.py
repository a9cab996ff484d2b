"""Slurm's own commands, run over SSH on the controller of a facility, or on its backup while that is gone."""

import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from millwright.core.errors import FailedError, NotTestableError
from millwright.facility.model import Facility

LIMIT_S = 120
SSH_FAILED = 255
SSH_OPTIONS = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15")
SILENT = ("Unable to contact slurm controller", "in standby mode")
"""How Slurm says that no controller is in charge, or that the one asked is not."""
SLOW = "Socket timed out on send/recv operation"
"""How Slurm says that a controller did not answer in time, for example one that just took over."""


@dataclass(frozen=True, slots=True)
class ControllerHost:
    """One host with Slurm's commands, and how it is reached."""

    name: str
    ssh: tuple[str, ...]
    """``ssh`` with everything up to the remote command."""
    becomes_root: bool
    """Whether commands need sudo there."""

    def run(self, argv: Sequence[str]) -> str:
        """Output of a command there; every word of it is quoted for the remote shell.

        Raises :exc:`NotTestableError` where the host can't be reached or no controller answers in time,
        and :exc:`FailedError` with the command's own words where it refuses.
        A question that a controller was too slow for is asked once more; an order is not, since it may
        have been carried out.
        """
        done = self._run(argv)
        if _is_slow(argv, done):
            done = self._run(argv)
        return self._output(argv, done)

    def _run(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        command = [*(["sudo", "-n", "--"] if self.becomes_root else []), *argv]
        try:
            return subprocess.run(
                [*self.ssh, shlex.join(command)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=LIMIT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotTestableError(
                f"the controller {self.name} did not answer: {error}", code="MW3301"
            ) from error

    def _output(self, argv: Sequence[str], done: subprocess.CompletedProcess[str]) -> str:
        message = done.stderr.strip() or done.stdout.strip()
        is_silent = _is_slow(argv, done) or (done.returncode and any(mark in message for mark in SILENT))
        if done.returncode == SSH_FAILED or is_silent:
            raise NotTestableError(f"the controller {self.name} did not answer: {message}", code="MW3301")
        if done.returncode != 0:
            raise FailedError(
                f"{argv[0]} on {self.name}: {message or f'exit status {done.returncode}'}", code="MW3302"
            )
        return done.stdout


def _is_slow(argv: Sequence[str], done: subprocess.CompletedProcess[str]) -> bool:
    return bool(done.returncode) and SLOW in done.stderr and "show" in argv


@dataclass
class Controller:
    """The controller with its backup, whichever answers."""

    hosts: Sequence[ControllerHost]
    """In the order in which they are asked."""
    notify: Callable[[str], None] = lambda _: None
    """Hears which host did not answer, and which one did in its place."""
    answered: ControllerHost | None = field(default=None, init=False)
    """Who answered last, and is asked first: a host that is gone costs a time-out each time."""

    def run(self, argv: Sequence[str]) -> str:
        """Output of a command at the first host where a controller answers.

        Raises :exc:`NotTestableError` with what each host said where none does, and
        :exc:`FailedError` with the command's own words where it refuses.
        """
        silent: list[str] = []
        for host in sorted(self.hosts, key=lambda host: host != self.answered):
            try:
                found = host.run(argv)
            except NotTestableError as error:
                silent.append(str(error))
                continue
            if silent:
                self.notify(f"{'; '.join(silent)}. {host.name} answers in its place.")
            self.answered = host
            return found
        raise NotTestableError("; ".join(silent), code="MW3301")


def controller_of(facility: Facility, notify: Callable[[str], None] = lambda _: None) -> Controller:
    """The controller of a facility; raises :exc:`NotTestableError` where it has none."""
    if facility.services is None:
        raise NotTestableError(f"{facility.name} has no services, so no Slurm knows its nodes", code="MW1304")
    config = ("-F", str(Path(facility.ssh.config).expanduser())) if facility.ssh.config else ()
    user = facility.ssh.user
    return Controller(
        [
            ControllerHost(
                name, ("ssh", *config, *SSH_OPTIONS, "-l", user, name), becomes_root=user != "root"
            )
            for name in facility.services.controllers
        ],
        notify,
    )
