"""An apply that is killed after it changed sshd, or that can't get in any more: the old file comes back."""

import os
import signal
import subprocess
import sys
import time

import pytest
from rack_console import RELOAD_SSHD

from millwright.antennas.gateway.sshd import DROP_IN
from millwright.antennas.proof.connections import connect_as_admin
from millwright.antennas.proof.visitor import run_on
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.core.places import product_root

pytestmark = pytest.mark.rack

SECONDS = 8


@pytest.fixture
def gateway(antennas_on_the_rack, shipped_rack):
    """Run a command on the gateway; afterwards its sshd is as it was."""
    with connect_as_admin(resolve_target(shipped_rack, "rack-antenna")) as connection:

        def run(command):
            return run_on(connection)(command).stdout

        run(f"cp -p {DROP_IN} /run/kept-sshd.conf")
        try:
            yield run
        finally:
            back = f"cp -p /run/kept-sshd.conf {DROP_IN} && {RELOAD_SSHD}"
            run(f"cmp -s /run/kept-sshd.conf {DROP_IN} || {{ {back}; }}; rm /run/kept-sshd.conf")


def wait_until(holds, limit_s):
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"not within {limit_s} s"
        time.sleep(0.3)


def test_a_killed_apply_leaves_the_gateway_as_it_was(gateway, tmp_path):
    """``ssh`` hangs where the apply confirms, so the kill comes between change and confirmation."""
    (tmp_path / "ssh").write_text("#!/bin/sh\nexec sleep 120\n")
    (tmp_path / "ssh").chmod(0o755)
    gateway(f"sed -i 's/^LoginGraceTime 30/LoginGraceTime 31/' {DROP_IN} && {RELOAD_SSHD}")
    before = gateway(f"cat {DROP_IN}")
    files = (product_root() / "inventories/rack/pyinfra.py", product_root() / "antennas/deploy.py")
    command = [
        sys.executable,
        "-m",
        "pyinfra",
        "-y",
        "--limit",
        "antenna_coast",
        "--data",
        f"guard_s={SECONDS}",
    ]
    apply = subprocess.Popen(
        [*command, *files],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        cwd=product_root(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: gateway("ls /var/lib/millwright/guard/sshd 2>/dev/null") != "", 120)
    finally:
        os.killpg(apply.pid, signal.SIGKILL)
        apply.wait()
    wait_until(lambda: gateway("ls /var/lib/millwright/guard") == "", SECONDS + 30)
    assert gateway(f"cat {DROP_IN}") == before
    assert gateway("sshd -T | grep -i ^logingracetime") == "logingracetime 31\n"
    repaired = [sys.executable, "-m", "millwright", "antenna", "apply", "rack", "--antenna", "coast"]
    done = subprocess.run(repaired, check=False, capture_output=True, text=True)
    assert "Ensure sshd lets users pass to the factory only" in done.stdout
    assert gateway("sshd -T | grep -i ^logingracetime") == "logingracetime 30\n"
