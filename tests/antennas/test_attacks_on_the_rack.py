"""A table of attacks: each is refused, and enters when the lines that defend against it are taken away."""

import contextlib
import datetime
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from attack_table import read_attacks
from paramiko.ssh_exception import ChannelException, SSHException
from rack_console import RELOAD_SSHD

from millwright.antennas.proof.connections import LIMIT_S, open_way
from millwright.antennas.proof.visitor import Visitor
from millwright.antennas.user.files import ensure_user_access
from millwright.core.places import state_folder

pytestmark = pytest.mark.rack

ATTACKS = tuple(read_attacks("entry"))
ANTENNAS = {"ada": "coast", "bea": "hills"}
DROP_IN = "/etc/ssh/sshd_config.d/45-millwright-entry.conf"
HOSTS = ("rack-ctl", "rack-ctl2", "rack-login", "rack-c1", "rack-c2", "rack-r1")
PLAIN = (
    *("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"),
    *(
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "ConnectTimeout=10",
        "-o",
        "PreferredAuthentications=publickey",
    ),
)
OPEN_CA = "/etc/ssh/millwright_open_ca.pub"
OPEN = """\
TrustedUserCAKeys {ca}
AuthorizedPrincipalsCommand /usr/bin/printf user-ada\\\\nuser-bea\\\\n
AuthorizedPrincipalsCommandUser nobody
"""
"""An sshd that trusts the CA as one without this product's lines would: for everyone, from everywhere."""


def ssh(*arguments, text=None):
    return subprocess.run(
        ["ssh", *map(str, arguments)],
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def people(antennas_on_the_rack, shipped_rack, tmp_path_factory, on):
    """Both users, each with a key that they wrote into their own ``authorized_keys``, by their session."""
    folder, found = tmp_path_factory.mktemp("keys"), {}
    now = datetime.datetime.now(datetime.UTC)
    for user, antenna in ANTENNAS.items():
        access = ensure_user_access(shipped_rack, antenna, user, state=state_folder("rack"), now=now)
        key = folder / user
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        plant = (
            "umask 077; mkdir -p ~/.ssh; cat > ~/.ssh/stolen; "
            "ssh-keygen -y -f ~/.ssh/stolen > ~/.ssh/authorized_keys"
        )
        done = ssh("-F", access.config, "factory", plant, text=key.read_text())
        assert done.returncode == 0, done.stderr
        found[user] = (access, key)
    yield found
    for user in ANTENNAS:
        on("rack-login", f"rm -rf ~{user}/.ssh")


@pytest.fixture(scope="module")
def jobs(antennas_on_the_rack, on):
    """What a row is given: a job of one user on one node, while a block runs."""

    @contextlib.contextmanager
    def run(given):
        if not given:
            yield
            return
        _, _, user, _, node = given.split()
        submit = f"sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist={node} --wrap='sleep 600'"
        job = on("rack-ctl", f"runuser -u {user} -- {submit}")
        try:
            on(
                "rack-ctl",
                f"for _ in $(seq 60); do squeue -hj {job} -o %T | grep -q RUNNING && break; sleep 0.5; done",
            )
            assert on("rack-ctl", f"squeue -h -j {job} -o %T") == "RUNNING"
            yield
        finally:
            on("rack-ctl", f"scancel {job}")

    return run


@pytest.fixture(scope="module")
def attempt(people, shipped_rack):
    """Make every attempt of a row, side by side: by target, the refusal, or nothing if it got in."""
    addresses = shipped_rack.host_addresses()

    def one(attack, target):
        access, key = people[attack.user]
        if attack.tries == "enter":
            return enter(attack, addresses[target], access, key)
        return reach(attack, target, access)

    def make(attack):
        with ThreadPoolExecutor(max_workers=4) as pool:
            answers = pool.map(lambda target: one(attack, target), attack.targets)
            return dict(zip(attack.targets, answers, strict=True))

    return make


def enter(attack, address, access, key):
    """Log in at a host."""
    login, command = f"{attack.account}@{address}", "echo entered"
    if attack.source == "inside":
        inner = f"ssh -i ~/.ssh/stolen {' '.join(PLAIN)} {login} {command}"
        done = ssh("-F", access.config, "factory", inner)
    else:
        identity = ["-i", key]
        if attack.key == "certificate":
            identity = ["-i", access.key, "-o", f"CertificateFile={access.certificate}"]
        way = ["-F", "none"]
        if attack.source == "outside":
            way += ["-o", f"ProxyCommand=ssh -F {access.config} -W {address}:22 factory"]
        done = ssh(*way, *identity, *PLAIN, login, command)
    return "" if done.stdout == "entered\n" else done.stdout + done.stderr


def reach(attack, target, access):
    """Open a connection, or a port for others, through the login node."""
    with Visitor(access).at_factory(access.certificate) as (factory, _):
        try:
            if attack.tries == "listen":
                address, _, port = target.partition(":")
                factory.transport.request_port_forward(address, int(port))
            elif target.startswith("/"):
                open_socket(factory.transport, target).close()
            else:
                address, _, port = target.rpartition(":")
                open_way(factory, address, int(port)).close()
        except ChannelException as error:
            return error.text
        except SSHException as error:
            return str(error)
    return ""


def open_socket(transport, path):
    """Open a socket of the server's, as OpenSSH's ``-L PORT:/path`` does (its file PROTOCOL, 2.4).

    Paramiko knows no such channel: the rest of the message is added to what it sends.
    """
    send = transport._send_user_message

    def send_more(message):
        transport._send_user_message = send
        message.add_string(path)
        message.add_string("")
        message.add_int(0)
        send(message)

    transport._send_user_message = send_more
    return transport.open_channel("direct-streamlocal@openssh.com", timeout=LIMIT_S)


ROWS = pytest.mark.parametrize("attack", ATTACKS, ids=str)


@ROWS
def test_the_attack_is_refused(attempt, jobs, attack):
    with jobs(attack.given):
        answers = attempt(attack)
    assert {target for target, words in answers.items() if not words} == set()
    assert {target: words for target, words in answers.items() if not re.search(attack.refused, words)} == {}


@pytest.fixture(scope="module")
def undefended(people, on):
    """Every host of the factory without the role's lines; as it was afterwards."""
    for host in HOSTS:
        text = OPEN.format(ca=OPEN_CA)
        keep = f"cp -p {DROP_IN} /root/entry.was; cp -p /etc/pam.d/sshd /root/pam.was"
        ca = (state_folder("rack") / "trust/production.pub").read_text().strip()
        on(
            host,
            f"set -e; {keep}; echo '{ca}' > {OPEN_CA}; printf '%s' '{text}' > {DROP_IN};"
            " sed -i '/BEGIN Millwright: entry by job/,/END Millwright: entry by job/d' /etc/pam.d/sshd;"
            f" sshd -t; {RELOAD_SSHD}",
        )
    yield
    for host in HOSTS:
        on(
            host,
            f"rm -f {OPEN_CA}; mv /root/entry.was {DROP_IN}; mv /root/pam.was /etc/pam.d/sshd; {RELOAD_SSHD}",
        )


@pytest.mark.rehearsal
@ROWS
def test_the_attack_enters_where_nothing_defends_against_it(attempt, jobs, undefended, attack):
    with jobs(attack.given):
        answers = attempt(attack)
    assert {target: words for target, words in answers.items() if words} == {}
