"""A revocation waits for nobody, and nobody undoes it: in force at the login node within seconds."""

import datetime
import fcntl
import os
import shutil
import subprocess
import sys
import time

import pytest

from millwright.adapters.ansible.playbook import STRATEGY, strategy_plugins
from millwright.antennas.proof.visitor import Visitor
from millwright.antennas.trust.revocations import list_file
from millwright.antennas.user.files import ensure_user_access
from millwright.core.places import product_root, state_folder

pytestmark = pytest.mark.rack

STATE = state_folder("rack")
LIST = "/etc/ssh/millwright_revoked_keys"
SHOWN = f"ssh-keygen -Q -l -f {LIST}"
LIMIT_S = 10
"""From the command to the refusal at the login node."""


def revoke(*options):
    command = [sys.executable, "-m", "millwright", "antenna", "revoke", "rack", *options]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def play(**variables):
    """The play of the login node's trust alone, as an apply runs it."""
    command = ["-i", "inventories/rack/facility.yaml", "--tags", "ssh_trust", "playbooks/antennas.yml"]
    given = [part for name, value in variables.items() for part in ("--extra-vars", f"{name}='{value}'")]
    return subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", *command, *given],
        cwd=product_root(),
        env={**os.environ, "ANSIBLE_STRATEGY": STRATEGY, "ANSIBLE_STRATEGY_PLUGINS": str(strategy_plugins())},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def bea(antennas_on_the_rack, shipped_rack):
    """Knock at the login node with a certificate from before the revocation; lifted afterwards."""
    now = datetime.datetime.now(datetime.UTC)
    access = ensure_user_access(shipped_rack, "hills", "bea", state=STATE, now=now)

    def knock():
        with Visitor(access).at_factory(access.certificate) as (_, attempt):
            return str(attempt.answer)

    yield knock
    done = revoke("--user", "bea", "--lift")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def apply_at_work():
    """Another apply holds the facility's lock."""
    with (STATE / "apply.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_it_waits_for_no_apply_and_is_in_force_within_seconds(bea, apply_at_work, on):
    assert bea() == "entered"
    command = [sys.executable, "-m", "millwright", "antenna", "revoke", "rack", "--user", "bea"]
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while "hills/bea" not in on("rack-login", SHOWN):
            assert time.monotonic() - begun < LIMIT_S
        words = process.communicate()
    assert process.returncode == 0, words
    assert bea() != "entered"
    assert "hills/bea" in on("rack-c1", "cat /etc/ssh/millwright_node_revoked_keys.txt")


@pytest.mark.rehearsal
def test_an_apply_that_read_the_list_before_does_not_undo_it(bea, on, tmp_path):
    """Its play is given the files as they were; a copy of them, as plays made once, lets her in again."""
    shutil.copytree(STATE / "trust", tmp_path / "trust")
    assert revoke("--user", "bea").returncode == 0
    done = play(ssh_trust_files=tmp_path / "trust")
    assert done.returncode == 0, done.stdout
    assert "hills/bea" in on("rack-login", SHOWN)
    assert bea() != "entered"
    stale = (tmp_path / "trust/revoked_keys").read_bytes().hex()
    on("rack-login", f"python3 -c \"open('{LIST}', 'wb').write(bytes.fromhex('{stale}'))\"")
    assert "hills/bea" not in on("rack-login", SHOWN)
    done = play()
    assert done.returncode == 0, done.stdout
    assert "hills/bea" in on("rack-login", SHOWN)


@pytest.mark.rehearsal
def test_a_list_that_was_lost_lets_nobody_in_again(bea, on):
    """Neither the operator's command nor a play with an empty list shrinks what hosts refuse."""
    assert revoke("--user", "bea").returncode == 0
    kept = list_file(STATE).read_bytes()
    try:
        list_file(STATE).unlink()
        done = revoke("--serial", "7")
        assert done.returncode != 0
        assert "MW4522" in done.stderr
    finally:
        list_file(STATE).write_bytes(kept)
    done = play(ssh_trust_revoked="# version 99999999999999999")
    assert done.returncode != 0
    assert "goes on refusing" in done.stdout
    assert "hills/bea" in on("rack-login", SHOWN)
