"""The machines that ReFrame is started on: this one, or the harness over SSH."""

import io
import os
import shlex
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from millwright.adapters.here.console_scripts import find_script
from millwright.adapters.reframe.foreign import ForeignSession
from millwright.adapters.reframe.process import (
    CHECKPOINT,
    COMPLETE,
    FACILITY_COPY,
    OUTPUT,
    REPORT,
    STAGE,
    LaunchSite,
)
from millwright.adapters.reframe.settings import NODES_VARIABLE, QUEUE_VARIABLE, RESERVATION_VARIABLE
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.places import cache_folder, product_root
from millwright.facility.model import Facility

HARNESS_HOME = PurePosixPath("/opt/millwright/src")
HARNESS_REFRAME = PurePosixPath("/opt/millwright/venv/bin/reframe")
HARNESS_USER = "mwbench"
"""Its home must be on a file system that the nodes share."""
HARNESS_RUNS = PurePosixPath("runs")
HARNESS_CACHES = PurePosixPath("../../.cache/millwright")
"""As seen from a session's folder."""
PID_FILE = "session.pid"
SSH_FAILED = 255
SESSION_PREFIXES = ("RFM_", NODES_VARIABLE, RESERVATION_VARIABLE, QUEUE_VARIABLE)
"""Beginnings of the variables that would change a session."""
SSH_OPTIONS = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15")

Process = subprocess.Popen[str]


class Machine(Protocol):
    """Where a session runs, in a folder of its own that keeps its files until they are fetched."""

    @property
    def seat(self) -> LaunchSite:
        """Which checks it runs."""

    @property
    def attempt(self) -> int:
        """1, or more after as many kills; each has a folder of its own."""

    @property
    def home(self) -> PurePosixPath:
        """The checkout."""

    @property
    def reframe(self) -> PurePosixPath:
        """ReFrame's command."""

    @property
    def foreign(self) -> ForeignSession | None:
        """The suite of others' checks that it runs, under a ReFrame of its own; None for Millwright's."""

    @property
    def caches(self) -> PurePosixPath:
        """Folder of what can be made again, for commands that start in the session's folder."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file into the session's folder."""

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> Process:
        """Start a command in the session's folder, for the facility file that was put there.

        Its output and errors come on one pipe.
        """

    def interrupt(self, process: Process) -> None:
        """Ask ReFrame to end its jobs and write the report of what ended before."""

    def is_running(self) -> bool:
        """Whether what was started here is still at work, although whoever started it may be gone."""

    def fetch(self) -> Path:
        """Local folder with the report and the raw files."""

    def clear(self) -> None:
        """Remove what the session wrote, once it is stored."""


@dataclass(frozen=True, slots=True)
class LocalMachine:
    """The machine that this runs on."""

    seat: LaunchSite
    folder: Path
    home: PurePosixPath
    reframe: PurePosixPath
    environment: Mapping[str, str] = field(default_factory=dict)
    """Further variables of every session, for example which nodes it may take."""
    attempt: int = 1
    foreign: ForeignSession | None = None

    @property
    def caches(self) -> PurePosixPath:
        """Those of this account."""
        return PurePosixPath(cache_folder())

    def put(self, name: str, content: bytes) -> None:
        """Write a file into the session's folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> Process:
        """Start a command; settings of sessions that a user has in the environment do not reach it."""
        outer = {key: value for key, value in os.environ.items() if not key.startswith(SESSION_PREFIXES)}
        facility = {"MILLWRIGHT_FACILITY": str(self.folder / FACILITY_COPY)}
        variables = {**outer, **environment, **self.environment, **facility}
        self.folder.mkdir(parents=True, exist_ok=True)
        process = _popen([*_ended_with_parent(), *command], env=variables, cwd=self.folder)
        (self.folder / PID_FILE).write_text(f"{process.pid}\n", encoding="ascii")
        return process

    def interrupt(self, process: Process) -> None:
        """Send SIGINT to ReFrame itself; it ends its jobs."""
        process.send_signal(signal.SIGINT)

    def is_running(self) -> bool:
        """Whether the process of this folder is there."""
        try:
            pid = int((self.folder / PID_FILE).read_text(encoding="ascii"))
            return Path(f"/proc/{pid}/cwd").readlink() == self.folder.resolve()
        except (OSError, ValueError):
            return False

    def fetch(self) -> Path:
        """Nothing to fetch."""
        return self.folder

    def clear(self) -> None:
        """Remove the folder."""
        _remove(self.folder)


@dataclass(frozen=True, slots=True)
class HarnessMachine:
    """The harness of a facility, as its benchmark user."""

    ssh: tuple[str, ...]
    """``ssh`` with everything up to the host."""
    run_folder: PurePosixPath
    """Folder on the harness, below the user's home."""
    folder: Path
    """Local folder that fetched files go to."""
    seat: LaunchSite = LaunchSite.HARNESS
    home: PurePosixPath = HARNESS_HOME
    reframe: PurePosixPath = HARNESS_REFRAME
    environment: Mapping[str, str] = field(default_factory=dict)
    """Further variables of every session, for example which nodes it may take."""
    attempt: int = 1
    foreign: ForeignSession | None = None

    @property
    def caches(self) -> PurePosixPath:
        """In the home of the benchmark user, two folders above the session's."""
        return HARNESS_CACHES

    def put(self, name: str, content: bytes) -> None:
        """Write a file into the session's folder."""
        self._run('cat > "$1"', [name], f"could not write {name}", content)

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> Process:
        """Start a command; its process id is kept, since ending ssh would not end it."""
        pairs = [f"{key}={value}" for key, value in {**environment, **self.environment}.items()]
        script = f'echo $$ > {PID_FILE} && export MILLWRIGHT_FACILITY="$PWD/{FACILITY_COPY}" && exec "$@"'
        return _popen(self._command(script, ["env", *pairs, *command]))

    def interrupt(self, process: Process) -> None:
        """Send SIGINT to ReFrame on the harness; ssh ends with it."""
        del process
        self._run(f'kill -INT "$(cat {PID_FILE})"', [], "could not stop ReFrame")

    def is_running(self) -> bool:
        """Whether the process of this folder is there; one that took its number later works elsewhere."""
        script = (
            f'pid=$(cat {PID_FILE} 2>/dev/null) && [ "$(readlink "/proc/$pid/cwd")" = "$PWD" ] && echo yes; :'
        )
        return b"yes" in self._run(script, [], "could not look for ReFrame")

    def fetch(self) -> Path:
        """Fetch the report and the text files of every case; programs that were built stay there."""
        whole = " -o ".join(f'-path "./{name}"' for name in (REPORT, CHECKPOINT, COMPLETE))
        wanted = f'{whole} -o -path "./{OUTPUT}/*" -o -path "./{STAGE}/*" -name "rfm_*"'
        pack = "tar --create --null --files-from=- --file=-"
        archive = self._run(
            f"find . -type f '(' {wanted} ')' -print0 | {pack}", [], "could not fetch the results"
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extractall(self.folder, filter="data")
        except tarfile.TarError as error:
            raise FailedError(
                f"the harness sent an archive that can't be unpacked: {error}", code="MW3203"
            ) from error
        return self.folder

    def clear(self) -> None:
        """Remove the folders on both sides."""
        self._run('rm -rf -- "$PWD"', [], "could not remove the session's folder")
        _remove(self.folder)

    def _command(self, script: str, arguments: Sequence[str]) -> list[str]:
        """Everything that is data goes as an argument of the script, and is quoted for the login shell."""
        enter = f'cd && mkdir -p -- "$0" && cd -- "$0" && {script}'
        remote = [
            "sudo",
            "-n",
            "-H",
            "-u",
            HARNESS_USER,
            "--",
            "sh",
            "-c",
            enter,
            str(self.run_folder),
            *arguments,
        ]
        return [*self.ssh, shlex.join(remote)]

    def _run(self, script: str, arguments: Sequence[str], failure: str, content: bytes = b"") -> bytes:
        command = self._command(script, arguments)
        try:
            done = subprocess.run(command, input=content, capture_output=True, check=False)
        except OSError as error:
            raise _missing(command, error) from error
        if done.returncode != 0:
            kind = NotTestableError if done.returncode == SSH_FAILED else FailedError
            raise kind(
                f"{failure} at the harness: {done.stderr.decode(errors='replace').strip()}", code="MW3204"
            )
        return done.stdout


def local_machine(
    seat: LaunchSite,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    attempt: int = 1,
    foreign: ForeignSession | None = None,
) -> LocalMachine:
    """The machine that this runs on, with the checkout and the environment that run just now."""
    reframe = PurePosixPath(find_script("reframe-hpc", "reframe"))
    home = PurePosixPath(product_root())
    return LocalMachine(
        seat,
        _attempted(folder, attempt),
        home,
        reframe,
        environment=environment or {},
        attempt=attempt,
        foreign=foreign,
    )


def harness_machine(  # noqa: PLR0913, PLR0917 - what is measured, and where its session is
    facility: Facility,
    run_id: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    attempt: int = 1,
    foreign: ForeignSession | None = None,
) -> HarnessMachine:
    """The harness that the facility names; it must have services."""
    if facility.services is None:
        raise ValueError(f"{facility.name} has no services")
    config = ("-F", str(Path(facility.ssh.config).expanduser())) if facility.ssh.config else ()
    ssh = ("ssh", *config, *SSH_OPTIONS, "-l", facility.ssh.user, facility.services.harness)
    return HarnessMachine(
        ssh=ssh,
        run_folder=HARNESS_RUNS / name_attempt(run_id, attempt),
        folder=_attempted(folder, attempt),
        environment=environment or {},
        attempt=attempt,
        foreign=foreign,
    )


def name_attempt(name: str, attempt: int) -> str:
    """The name of what belongs to an attempt: the plain one for the first.

    >>> name_attempt("harness", 1), name_attempt("harness", 2)
    ('harness', 'harness-2')
    """
    return name if attempt == 1 else f"{name}-{attempt}"


def _attempted(folder: Path, attempt: int) -> Path:
    return folder.with_name(name_attempt(folder.name, attempt))


def _ended_with_parent() -> list[str]:
    """What to put before a command for which ReFrame ends its jobs when this process is killed."""
    return ["setpriv", "--pdeathsig", "INT", "--"] if shutil.which("setpriv") else []


def _remove(folder: Path) -> None:
    """Remove a session's folder, and the run's around it once that is empty."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def _popen(command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Process:
    """Start a command in a session of its own, so that Ctrl-C reaches it by ``interrupt`` only."""
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
    except OSError as error:
        raise _missing(command, error) from error


def _missing(command: Sequence[str], error: OSError) -> NotTestableError:
    return NotTestableError(
        f"{command[0]} can't be started: {error.strerror}; is it installed?", code="MW3404"
    )
