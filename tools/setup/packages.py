"""Install the Debian packages that tests or the rack need on this machine.

Arguments: needs of :class:`millwright.core.programs.Need`. Runs before there is an environment, with the
standard library alone. Exit 3 with the line that mends it if something is missing and can't be installed;
with ``--if-possible``, that line and 0.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from millwright.core.errors import ExitCode, MillwrightError
from millwright.core.process import find_program
from millwright.core.programs import Need, find_absent, host_programs, packages_of
from millwright.rack.host_packages import install

SIGN_S = 3.0


class Signs:
    """Prints what apt says, at most one line every SIGN_S seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, line: str) -> None:
        """One line of apt, or its last one again."""
        if time.monotonic() - self._last >= SIGN_S:
            self._last = time.monotonic()
            print(f"    {line[:100]}", file=sys.stderr)


def install_missing(needs: list[Need], *, if_possible: bool) -> int:
    """Install what ``needs`` lack; the exit code."""
    absent = find_absent(host_programs(*needs), os.environ.get("PATH", os.defpath))
    if not absent:
        return ExitCode.OK
    packages = packages_of(absent)
    line = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if find_program("apt-get") is None or not _can_be_root():
        names = ", ".join(program.name for program in absent)
        print(f"make: missing on this machine: {names}; install them as root: {line}", file=sys.stderr)
        return ExitCode.OK if if_possible else ExitCode.NOT_TESTED
    if os.geteuid() != 0:
        return subprocess.run(["sudo", "-n", sys.executable, *sys.argv], check=False).returncode
    print(f"==> Installing {' '.join(packages)}", file=sys.stderr)
    try:
        install(packages, Signs())
    except MillwrightError as error:
        print(f"make: {error}\nmake: install them as root: {line}", file=sys.stderr)
        return ExitCode.OK if if_possible else ExitCode.NOT_TESTED
    return ExitCode.OK


def _can_be_root() -> bool:
    if os.geteuid() == 0:
        return True
    if find_program("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0


if __name__ == "__main__":
    words = sys.argv[1:]
    wanted = [Need(word) for word in words if not word.startswith("--")]
    if not wanted:
        sys.exit(f"usage: packages.py [--if-possible] NEED…, of: {', '.join(Need)}")
    sys.exit(install_missing(wanted, if_possible="--if-possible" in words))
