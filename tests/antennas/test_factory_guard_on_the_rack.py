"""An apply that is killed after it changed the login node's sshd: the host itself puts the old file back."""

import datetime
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from rack_console import RELOAD_SSHD, Console

from millwright.adapters.ansible import playbook as ansible
from millwright.antennas.ssh.certificate_signing import sign
from millwright.antennas.ssh.keys import ensure_key_pair
from millwright.antennas.trust.host_ca import ensure_host_ca, host_certificate
from millwright.core.places import product_root, state_folder
from millwright.facility import load_facility

pytestmark = [pytest.mark.rack, pytest.mark.usefixtures("cut")]
"""What becomes of the cut is awaited in ``test_recovery_on_the_rack.py``, minutes later."""

STATE, FACILITY = state_folder("rack"), product_root() / "inventories/rack/facility.yaml"
DROP_IN = "/etc/ssh/sshd_config.d/60-millwright.conf"
PENDING = "/var/lib/millwright/guard/sshd"
SECONDS = 8
HANGS = """#!/bin/sh
# Hangs where a connection begins while a change waits on the login node: there an apply confirms.
case " $* " in *" -O "*) ;; *) if {waits}; then echo "$$" >>{hanging}; exec sleep 60; fi ;; esac
exec {ssh} "$@"
"""


@pytest.fixture
def console(antennas):
    """The login node without its network; afterwards its sshd is as it was."""
    found = Console(antennas, "rack-login")
    kept = found.take(DROP_IN)
    yield found
    found.run("/usr/local/lib/millwright/guard", "restore")
    if found.take(DROP_IN) != kept:
        found.put(DROP_IN, kept)
        found.run("systemctl", "reload", "ssh")


@pytest.fixture(params=[ansible.STRATEGY, pytest.param("linear", marks=pytest.mark.rehearsal)])
def playbook(request):
    """Start the factory's play, for sshd's trust alone, in a session of its own."""
    inventory = product_root() / "inventories/rack/facility.yaml"
    arguments = ["--inventory", inventory, "--tags", "ssh_trust", "--extra-vars", f"sshd_guard_s={SECONDS}"]
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        *arguments,
        product_root() / "playbooks/antennas.yml",
    ]
    carried = {
        "ANSIBLE_STRATEGY": request.param,
        "ANSIBLE_STRATEGY_PLUGINS": str(ansible.strategy_plugins()),
    }

    def start(path=""):
        return subprocess.Popen(
            command,
            cwd=product_root(),
            env={**os.environ, **carried, "PATH": f"{path}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    return start


def wait_until(holds, limit_s, process=None):
    end = time.monotonic() + limit_s
    while not holds():
        assert process is None or process.poll() is None, process.stdout.read()
        assert time.monotonic() < end, f"not within {limit_s} s"
        time.sleep(0.3)


def waits(console):
    return console.run("test", "-e", PENDING).returncode == 0


def grace(console):
    return console.shell("sshd -T | grep -i ^logingracetime").split()[1]


def test_a_killed_apply_leaves_the_login_node_as_it_was(console, playbook, tmp_path):
    """Only a new connection hangs: an apply that confirmed on its open one would not be caught here."""
    usual, hanging = grace(console), tmp_path / "hanging"
    console.shell(f"sed -i '1i LoginGraceTime 31' {DROP_IN} && {RELOAD_SSHD}")
    before = console.take(DROP_IN)
    asked = " ".join(console.command("test", "-e", PENDING))
    (tmp_path / "ssh").write_text(HANGS.format(waits=asked, hanging=hanging, ssh=shutil.which("ssh")))
    (tmp_path / "ssh").chmod(0o755)
    apply = playbook(tmp_path)
    try:
        wait_until(hanging.exists, 120, apply)
        assert waits(console)
        assert grace(console) == usual  # the new file counts already
    finally:
        os.killpg(apply.pid, signal.SIGKILL)
        for pid in hanging.read_text().split() if hanging.exists() else ():
            os.kill(int(pid), signal.SIGKILL)
        apply.communicate()
    wait_until(lambda: not waits(console), SECONDS + 30)
    assert console.take(DROP_IN) == before
    assert grace(console) == "31"
    repair = playbook()
    told, _ = repair.communicate(timeout=180)
    assert repair.returncode == 0, told
    assert grace(console) == usual
    assert not waits(console)


HOST_CERTIFICATE = "/etc/ssh/ssh_host_ed25519_key-cert.pub"


@pytest.mark.parametrize("damage", ["expired", "of nobody's CA", "no certificate at all"])
def test_no_host_certificate_shuts_the_administrator_out(antennas, on, tmp_path, damage):
    """What the drop-in of the role ssh_hosts names may be as bad as it likes: it needs no guard."""
    node = Console(antennas, "rack-c1")
    kept = node.take(HOST_CERTIFICATE)
    ca = ensure_key_pair(tmp_path, "nobodys", comment="CA") if "nobody" in damage else ensure_host_ca(STATE)
    if damage.startswith("no "):
        node.put(HOST_CERTIFICATE, b"rubbish\n")
    else:
        (tmp_path / "key.pub").write_bytes(node.take("/etc/ssh/ssh_host_ed25519_key.pub"))
        long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=800)
        wanted = host_certificate(load_facility(FACILITY), "rack-c1", ["rack-c1"], long_ago)
        sign(ca, tmp_path / "key.pub", wanted, tmp_path / "cert.pub")
        node.put(HOST_CERTIFICATE, (tmp_path / "cert.pub").read_bytes())
    try:
        node.shell(f"sshd -t && {RELOAD_SSHD}")
        assert on("rack-c1", "id -un") == "root"
    finally:
        node.put(HOST_CERTIFICATE, kept)
        node.shell(RELOAD_SSHD)


def test_what_a_killed_apply_left_is_confirmed_by_the_next_one(console, playbook):
    """Within its minute the file looks as described; the next apply must not trust that."""
    described = console.take(DROP_IN)
    console.shell(f"sed -i '1i LoginGraceTime 31' {DROP_IN}")
    console.put(f"{DROP_IN}.new", described)
    console.shell(f"/usr/local/lib/millwright/guard try sshd {DROP_IN} 120")
    repair = playbook()
    told, _ = repair.communicate(timeout=180)
    assert repair.returncode == 0, told
    assert not waits(console)
    assert console.take(DROP_IN) == described
