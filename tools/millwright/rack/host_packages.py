"""Install what a rack needs on a Debian or Ubuntu host, without starting any service."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from millwright.core.process import follow, output_of

POLICY = Path("/usr/sbin/policy-rc.d")
MARK = "# millwright: no service starts while the rack's host packages are installed"
LOCK_S = 300
"""How long another run of apt or dpkg is waited for."""
SYSTEMD = Path("/run/systemd/system")


@contextlib.contextmanager
def no_service_starts(policy: Path = POLICY) -> Iterator[None]:
    """Keep packages from starting their services; a policy that the host has already stays.

    One that a crash of ours left behind is recognised and removed.
    """
    ours = not policy.exists() or MARK in policy.read_text(errors="replace")
    if ours:
        policy.write_text(f"#!/bin/sh\n{MARK}\nexit 101\n")
        policy.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            policy.unlink(missing_ok=True)


def install(packages: Sequence[str], report: Callable[[str], None]) -> None:
    """Install packages with apt; :exc:`FailedError` with the end of its output where it fails."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    options = ["--yes", "--no-install-recommends", f"--option=DPkg::Lock::Timeout={LOCK_S}"]
    with no_service_starts():
        follow(["apt-get", "--quiet", "update"], report, quiet)
        follow(["apt-get", "--quiet", *options, "install", *packages], report, quiet)
    if "nginx" in packages and SYSTEMD.exists():
        output_of(
            ["systemctl", "disable", "--quiet", "nginx.service"]
        )  # or it would take port 80 at the next boot
