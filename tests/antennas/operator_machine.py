"""The operator's machine with a systemd that answers: this machine's own files, booted as a container.

It shares the network, so it reaches the rack as this machine does, and forgets everything at its end but
what lies in the folders that it is given.
"""

import os
import subprocess
import time
from pathlib import Path

from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.down import end_member
from millwright.rack.node import launch
from millwright.rack.processes import is_first_of_container

READY_S = 90.0
QUIET = ("apt-daily.timer", "apt-daily-upgrade.timer", "unattended-upgrades.service")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BOOT = 'mount --bind / "$1" && shift && exec "$@"'


class OperatorMachine:
    """A machine on which somebody logs in as root; ``folders`` here are shared with it there."""

    def __init__(self, folder: Path, folders: dict[Path, Path]) -> None:
        hierarchies = find_hierarchies(Path("/proc/self/mountinfo").read_text())
        assert hierarchies is not None, "this machine has no cgroup v2"
        self.cgroup = cgroup_of(hierarchies, "operator", "machine")
        self.log, root = folder / "operator.log", folder / "operator-root"
        root.mkdir()
        end_member(self.cgroup)
        self.cgroup.make()
        argv = [
            *("unshare", "--mount", "--propagation=private", "sh", "-c", BOOT, "sh", str(root)),
            *("systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--boot", "--volatile=overlay"),
            *(f"--directory={root}", "--machine=operator", "--hostname=operator", "--console=pipe"),
            *("--resolv-conf=off", "--timezone=off", "--link-journal=no"),
            *(f"--bind={here}:{there}" for here, there in folders.items()),
            *("systemd.unit=basic.target", *(f"systemd.mask={unit}" for unit in QUIET)),
        ]
        launch(argv, self.cgroup, self.log, hierarchies)
        try:
            self.first = self._await()
        except BaseException:
            self.end()
            raise

    def _await(self) -> int:
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            first = next((pid for pid in self.cgroup.pids() if is_first_of_container(pid)), None)
            if first is not None and self._inside(first, "systemctl", "is-system-running").stdout.strip() in {
                "running",
                "degraded",
            }:
                return first
            time.sleep(0.5)
        raise AssertionError(f"the operator's machine did not start: {self.log.read_text()[-2000:]}")

    @staticmethod
    def _inside(first: int, *command: object) -> subprocess.CompletedProcess[str]:
        enter = ["nsenter", f"--target={first}", "--all", "--wd=/root", "--"]
        arguments = [*enter, "/usr/bin/env", "-i", f"PATH={PATH}", "HOME=/root", *map(str, command)]
        return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=600)

    def log_in(self, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a session of its own, as after a login; the session ends with the command."""
        given = [f"--setenv={name}={value}" for name, value in environment.items()]
        session = [
            "systemd-run",
            "--quiet",
            "--wait",
            "--pipe",
            "--collect",
            "--uid=root",
            "--property=PAMName=login",
        ]
        return self._inside(self.first, *session, *given, "--", *command)

    def ask_user_systemd(self, *arguments: str) -> str:
        """What the account's own systemd says, also while nobody is logged in."""
        runtime = f"XDG_RUNTIME_DIR=/run/user/{os.getuid()}"
        return self._inside(self.first, "env", runtime, "systemctl", "--user", *arguments).stdout.strip()

    def shell(self, script: str) -> str:
        """What a script printed; it must end well."""
        done = self._inside(self.first, "sh", "-ec", script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def end(self) -> None:
        """Switch it off."""
        end_member(self.cgroup)
