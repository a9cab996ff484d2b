"""No private key comes to light while the other commands run; see ``test_secrets_on_the_rack.py``."""

import datetime
import json
import subprocess
import sys

import pytest
from rack_bundle import make_and_apply
from rack_console import Console
from secret_search import Sampler, files_below, find

from millwright.antennas.user_cas import own_ca
from millwright.facility.places import checkout, state_folder
from millwright.facility.trust import Environment

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

STATE = state_folder("rack")
TUNNELS = {"rack-login": "wg-antennas", "rack-antenna": "wg0", "rack-antenna2": "wg0"}
"""The tunnel's interface on each host that has a key of its own."""


def secret_files():
    keys = [path for path in STATE.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()[:100]]
    return [*keys, STATE / "munge.key", *STATE.glob("*jwt*.key")]


@pytest.fixture(scope="module")
def consoles(antennas):
    return {host: Console(antennas, host) for host in TUNNELS}


@pytest.fixture(scope="module")
def watched(consoles, tmp_path_factory):
    """What was printed and seen of processes meanwhile, and every secret that was one at any time."""
    folder, printed, secrets = tmp_path_factory.mktemp("operator"), {}, {}

    def learn():
        for host, tunnel in TUNNELS.items():
            secrets[host] = consoles[host].run("wg", "show", tunnel, "private-key").stdout
        for path in secret_files():
            data = path.read_bytes()
            secrets[f"{path} {hash(data)}"] = data  # a CA that was replaced is a secret still

    def run(verb, *arguments, ends_with=0):
        command = [sys.executable, "-m", "millwright", "antenna", verb, "rack", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, check=False, cwd=checkout())
        assert done.returncode == ends_with, done.stdout + done.stderr
        printed[" ".join(map(str, command[3:]))] = done.stdout + done.stderr

    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "ada"], check=True)
    learn()
    with Sampler() as sampler:
        run("plan")
        run("check", "-a", "coast")
        run("config", "-a", "coast", "-u", "ada")
        run("certify", folder / "ada.pub", "-a", "coast", "-u", "ada")
        run(
            "import",
            make_and_apply(consoles["rack-antenna2"], folder, *first_bundle(consoles), signer=True),
            "-a",
            "hills",
        )
        run("revoke", "--serial", "1", "--reason", "lost")
        run("revoke", "--serial", "1", "--lift")
        run("rotate-ca")
        learn()
        plan = own_ca(STATE, Environment.PRODUCTION).plan
        plan.write_text(json.dumps({"withdraw_after": datetime.datetime.now(datetime.UTC).isoformat()}))
        run("rotate-ca")
    learn()
    return printed, sampler.seen, secrets


def first_bundle(consoles):
    """How a bundle is applied on a gateway that may never have seen one: by the program that it brings."""
    consoles["rack-antenna2"].shell("rm -rf /etc/millwright/bundle_signers /var/lib/millwright/bundle.json")
    consoles["rack-antenna2"].put(
        "/root/apply_bundle.py", (checkout() / "antennas" / "apply_bundle.py").read_bytes()
    )
    return "python3", "-I", "/root/apply_bundle.py"


def test_no_secret_in_the_list_of_processes(watched):
    printed, seen, secrets = watched
    commands = b"\n".join(text.replace(b"\0", b" ") for text in seen.values())
    for verb in printed:
        assert " ".join(verb.split()[:3]).encode() in commands, f"the sampler did not see {verb}"
    assert not find(secrets, seen)


def test_no_secret_in_what_is_printed(watched):
    assert not find(watched[2], watched[0])


def test_no_secret_in_a_log_report_bundle_or_result(watched):
    texts = files_below(STATE, checkout() / "results", besides=secret_files())
    assert not find(watched[2], texts)


@pytest.mark.parametrize("host", TUNNELS)
def test_no_secret_in_the_journal_of_a_host(watched, consoles, host):
    journal = consoles[host].run("journalctl", "--no-pager", "-o", "cat").stdout
    assert b"sshd" in journal or b"Accepted" in journal
    assert not find(watched[2], {host: journal})
