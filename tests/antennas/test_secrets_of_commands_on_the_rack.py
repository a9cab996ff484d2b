"""No private key comes to light while the other commands run; see ``test_secrets_on_the_rack.py``."""

import subprocess
import sys

import pytest
from rack_console import Console
from secret_search import Sampler, files_below, find

from millwright.facility.places import checkout, state_folder

pytestmark = pytest.mark.rack

STATE = state_folder("rack")
TUNNELS = {"rack-login": "wg-antennas", "rack-antenna": "wg0", "rack-antenna2": "wg0"}
"""The tunnel's interface on each host that has a key of its own."""
SERIAL = "4611686018427387904"
"""Of no certificate that was ever made here."""


def commands(folder):
    """What is typed, each on the antenna that it is quickest for; at the end nothing is revoked."""
    certificate = (str(folder / "ada.pub"), "-a", "coast", "-u", "ada")
    return (
        ("plan", "rack", "-a", "coast"),
        ("check", "rack", "-a", "coast"),
        ("config", "rack", "-a", "coast", "-u", "ada"),
        ("certify", "rack", *certificate),
        ("bundle", "rack", "-a", "hills", "-o", str(folder / "hills.bundle")),
        ("revoke", "rack", "-a", "coast", "--serial", SERIAL, "--reason", "lost"),
        ("revoke", "rack", "-a", "coast", "--serial", SERIAL, "--lift"),
    )


@pytest.fixture(scope="module")
def consoles(antennas):
    return {host: Console(antennas, host) for host in TUNNELS}


@pytest.fixture(scope="module")
def watched(consoles, tmp_path_factory):
    """What was printed, and what was seen of processes meanwhile."""
    folder, printed = tmp_path_factory.mktemp("operator"), {}
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "ada"], check=True)
    with Sampler() as sampler:
        for words in commands(folder):
            command = [sys.executable, "-m", "millwright", "antenna", *words]
            done = subprocess.run(command, capture_output=True, check=False, cwd=checkout())
            assert done.returncode == 0, (words, done.stdout + done.stderr)
            printed[" ".join(words)] = done.stdout + done.stderr
    return printed, sampler.seen


@pytest.fixture(scope="module")
def secret_files(watched):
    """Every private key of the state folder, those that a command made too, and what is named as a key."""
    keys = [path for path in STATE.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()[:100]]
    return [*keys, STATE / "munge.key", *STATE.glob("*jwt*.key")]


@pytest.fixture(scope="module")
def secrets(consoles, secret_files):
    """Every secret of the facility by where it belongs."""
    on_hosts = {
        host: consoles[host].run("wg", "show", tunnel, "private-key").stdout
        for host, tunnel in TUNNELS.items()
    }
    assert {"munge.key", "user_ca", "host_ca", "jwt_hs256.key"} <= {path.name for path in secret_files}
    return {str(path): path.read_bytes() for path in secret_files} | on_hosts


def test_no_secret_in_the_list_of_processes(watched, secrets):
    printed, seen = watched
    lines = b"\n".join(seen.values()).replace(b"\0", b" ")
    assert [words for words in printed if f"antenna {words}".encode() not in lines] == [], "not seen at all"
    assert not find(secrets, seen)


def test_no_secret_in_what_is_printed(watched, secrets):
    assert not find(secrets, watched[0])


def test_no_secret_in_a_log_or_result(watched, secrets, secret_files):
    assert not find(secrets, files_below(STATE, checkout() / "results", besides=secret_files))


@pytest.mark.parametrize("host", TUNNELS)
def test_no_secret_in_the_journal_of_a_host(watched, secrets, consoles, host):
    journal = consoles[host].run("journalctl", "--no-pager", "-o", "cat").stdout
    assert b"sshd" in journal or b"Accepted" in journal
    assert not find(secrets, {host: journal})
