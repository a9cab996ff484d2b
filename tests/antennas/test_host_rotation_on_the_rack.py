"""A whole change of the host CA on real hosts: who pasted the new configuration in time notices nothing."""

import json

import pytest
from rack_console import Console
from rack_rotation import end_rotation
from rack_secrets import Watch
from rack_user import AtHome

from millwright.antennas.ssh.certificate_signing import read_certificate
from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust.host_ca import host_ca, hosts_of_another_ca
from millwright.core.places import state_folder

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

STATE = state_folder("rack")
CA = host_ca(STATE)
AMONG_HOSTS = (
    "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=none "
    "-o PubkeyAuthentication=no -o HostKeyAlgorithms=ssh-ed25519-cert-v01@openssh.com "
    "nobody@rack-c1 true 2>&1 || true"
)


@pytest.fixture(scope="module")
def watch(antennas):
    """Sees whether a private key comes to light meanwhile."""
    return Watch(antennas)


@pytest.fixture(scope="module")
def rotate(watch):
    """Go on with the change; what is told."""

    def run(*options):
        done = watch.run("rotate-ca", "rack", "--hosts", "--json", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def login(antennas):
    return Console(antennas, "rack-login")


@pytest.fixture(scope="module")
def late(antennas, tmp_path_factory):
    """A user who never pastes the new configuration."""
    return AtHome.settle(tmp_path_factory.mktemp("late"), "coast", "ada")


@pytest.fixture(scope="module")
def announced(late, rotate):
    """The new CA is known to all hosts, and still vouches for none."""
    before = fingerprint(CA.current)
    try:
        found = rotate("--days", "0")
        assert (found["phase"], found["signs"]) == ("announced", before)
        yield found
    finally:
        end_rotation("rack", "--hosts")


@pytest.fixture(scope="module")
def prompt(announced, tmp_path_factory):
    """A user who pasted it in time."""
    return AtHome.settle(tmp_path_factory.mktemp("prompt"), "coast", "ada")


def login_of(home):
    return home.run("ssh", home.alias, "id -un", check=False)


def test_while_it_is_announced_every_configuration_leads_in(announced, late, prompt, login):
    for home in (late, prompt):
        done = login_of(home)
        assert (done.stdout, done.stderr) == ("ada\n", "")
    config = (prompt.folder / ".ssh" / "config").read_text()
    assert config.count('"@cert-authority ') == 2
    assert "Permission denied" in login.shell(AMONG_HOSTS), "the hosts do not know each other any more"


@pytest.fixture(scope="module")
def steady(announced, prompt, rotate):
    """What is told after the switch."""
    return rotate()


def test_after_the_switch_the_new_configuration_leads_in_and_hosts_know_each_other(
    announced, steady, late, prompt, login
):
    assert (steady["phase"], steady["signs"]) == ("steady", announced["other"])
    done = login_of(prompt)
    assert (done.stdout, done.stderr) == ("ada\n", "")
    done = login_of(late)
    assert (done.returncode, done.stdout) == (255, "")
    assert "Host key verification failed." in done.stderr
    assert "Permission denied" in login.shell(AMONG_HOSTS), "the hosts do not know each other any more"


def test_hosts_show_certificates_of_the_new_ca_and_know_no_other(
    login, announced, steady, shipped_rack, tmp_path
):
    assert hosts_of_another_ca(shipped_rack, STATE) == ()
    shown = tmp_path / "shown-cert.pub"
    shown.write_bytes(login.take("/etc/ssh/ssh_host_ed25519_key-cert.pub"))
    assert read_certificate(shown).signer == announced["other"]
    key = public_half(CA.current).read_text().split()[1]
    known = [
        line for line in login.shell("cat /etc/ssh/ssh_known_hosts").splitlines() if line.startswith("@")
    ]
    assert len(known) == 1
    assert key in known[0]


def test_no_private_key_came_to_light_meanwhile(steady, watch):
    watch.assert_nothing_came_to_light()
