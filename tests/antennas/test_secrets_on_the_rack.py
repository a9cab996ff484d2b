"""No private key or token comes to light while hosts and gateways are brought to their state."""

import os
import secrets as randomness
import subprocess
import sys

import pytest
from rack_console import Console
from secret_search import Sampler, files_below, find

from millwright.core.places import product_root, state_folder

pytestmark = pytest.mark.rack

STATE = state_folder("rack")
LOGIN, GATEWAYS = "rack-login", ("rack-antenna", "rack-antenna2")
PRIVATE = {LOGIN: "wg-antennas"} | dict.fromkeys(GATEWAYS, "wg0")
"""The tunnel's interface on each host that has a key of its own."""


@pytest.fixture(scope="module")
def consoles(antennas_on_the_rack, provisioned_rack):
    return {host: Console(provisioned_rack, host) for host in PRIVATE}


@pytest.fixture(scope="module")
def secret_files():
    """Every file of the state folder that is a secret, which all are private keys or named as keys."""
    keys = [path for path in STATE.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()[:100]]
    return [*keys, STATE / "munge.key", *STATE.glob("*jwt*.key")]


@pytest.fixture(scope="module")
def secrets(consoles, secret_files):
    """Every secret of the facility by where it belongs."""
    for path in secret_files:
        assert path.stat().st_mode & 0o077 == 0, path
    on_hosts = {
        host: consoles[host].run("wg", "show", tunnel, "private-key").stdout
        for host, tunnel in PRIVATE.items()
    }
    found = {str(path): path.read_bytes() for path in secret_files} | on_hosts
    assert {"munge.key", "user_ca", "host_ca", "jwt_hs256.key"} <= {path.name for path in secret_files}
    return found


@pytest.fixture(scope="module")
def brought_to_light(consoles, secrets):
    """What was printed and seen while secrets were written anew and everything else was looked at."""
    consoles[LOGIN].shell("echo of another cluster > /etc/munge/munge.key")
    marker = {"argument": randomness.token_hex(24).encode(), "environment": randomness.token_hex(24).encode()}
    printed = {}
    with Sampler() as sampler:
        for arguments in (
            ("antenna", "apply", "rack"),
            ("apply", "rack", "--limit", LOGIN, "--full", "--diff"),
        ):
            command = [sys.executable, "-m", "millwright", *arguments]
            done = subprocess.run(command, capture_output=True, check=False, cwd=product_root())
            assert done.returncode == 0, done.stdout + done.stderr
            printed[" ".join(arguments)] = done.stdout + done.stderr
        consoles[LOGIN].shell(f"sh -c 'sleep 1; :' {marker['argument'].decode()}")
        planted = {**os.environ, "PLANTED": marker["environment"].decode()}
        subprocess.run(["sleep", "1"], env=planted, check=True)
    assert {name for name, _ in find(marker, sampler.seen)} == set(marker), "the sampler sees nothing"
    return printed, sampler.seen


def test_the_key_that_was_written_anew_is_the_clusters(brought_to_light, consoles):
    """Else nothing would have been there to leak."""
    assert consoles[LOGIN].take("/etc/munge/munge.key") == (STATE / "munge.key").read_bytes()
    printed = brought_to_light[0][f"apply rack --limit {LOGIN} --full --diff"]
    assert b"every host is in its declared state" in printed


def test_no_secret_in_the_list_of_processes(brought_to_light, secrets):
    assert not find(secrets, brought_to_light[1])


def test_no_secret_in_what_is_printed_or_in_a_diff(brought_to_light, secrets):
    assert not find(secrets, brought_to_light[0])


def test_no_secret_in_a_log_event_journal_report_or_result(brought_to_light, secrets, secret_files):
    places = (STATE, product_root() / "results", product_root() / "reports")
    texts = files_below(*places, besides=secret_files)
    assert any(path.endswith(".events.jsonl") for path in texts)
    assert not find(secrets, texts)


@pytest.mark.parametrize("host", PRIVATE)
def test_no_secret_in_the_journal_of_a_host(brought_to_light, consoles, secrets, host):
    journal = consoles[host].run("journalctl", "--no-pager", "-o", "cat").stdout
    assert b"sshd" in journal or b"Accepted" in journal
    assert not find(secrets, {host: journal})
