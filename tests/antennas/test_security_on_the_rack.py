"""Attacks on real hosts: each is refused for its own reason; with that one thing right it would succeed."""

import contextlib
import datetime
import subprocess
import time
from dataclasses import replace

import pytest
from rack_console import RELOAD_SSHD

from millwright.antennas.proof.connections import connect_as_admin, open_way
from millwright.antennas.proof.visitor import Visitor, run_on
from millwright.antennas.ssh.certificate_signing import sign
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust.certificates import ensure_user_ca, new_certificate
from millwright.antennas.trust.revocations import (
    Kind,
    add_revocations,
    krl_file,
    lift_revocations,
    new_revocation,
)
from millwright.antennas.trust.user_cas import ensure_own_ca
from millwright.antennas.user.files import ensure_user_access
from millwright.core.places import state_folder
from millwright.facility.topics.trust import Environment

pytestmark = pytest.mark.rack

STATE = state_folder("rack")
HOUR = datetime.timedelta(hours=1)
GATEWAY, LOGIN = "rack-antenna", "rack-login"


def now():
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture(scope="module")
def as_root(antennas_on_the_rack, shipped_rack):
    """Run a command on a host as its administrator."""
    connections = {}

    def run(host, command, *, check=True):
        if host not in connections:
            connections[host] = connect_as_admin(resolve_target(shipped_rack, host))
        result = run_on(connections[host])(command)
        assert result.exited == 0 or not check, result.stderr
        return result.stdout

    yield run
    for connection in connections.values():
        connection.close()


@pytest.fixture
def access(antennas_on_the_rack, shipped_rack):
    return ensure_user_access(shipped_rack, "coast", "ada", state=STATE, now=now())


@pytest.fixture
def knock(access, shipped_rack, as_root, tmp_path):
    """Knock with a certificate that differs from the valid one as given; the answer and sshd's words."""
    valid = new_certificate(shipped_rack, "coast", "ada", now=now())

    def at(door, *, ca=None, **change):
        path = tmp_path / f"{door}-cert.pub"
        sign(ca or ensure_user_ca(STATE), public_half(access.key), replace(valid, **change), path)
        host = GATEWAY if door == "at_gateway" else LOGIN
        since = as_root(host, "date +%s.%N").strip()
        with getattr(Visitor(access), door)(path) as (_, attempt):
            answer = attempt.answer
        return answer, as_root(host, f"journalctl -u ssh.service -o cat --no-pager --since @{since}")

    return at


DOORS = pytest.mark.parametrize("door", ["at_gateway", "at_factory"])
ATTACKS = {
    "expired": ({"valid_after": -3 * HOUR, "valid_before": -HOUR}, "Certificate invalid: expired"),
    "not yet valid": ({"valid_after": HOUR, "valid_before": 2 * HOUR}, "Certificate invalid: not yet valid"),
    "wrong principal": (
        {"principals": ("project-hills", "user-bea")},
        "does not contain an authorized principal",
    ),
    "root's principal": ({"principals": ("root", "jump", "ada")}, "does not contain an authorized principal"),
}


@DOORS
def test_the_certificate_that_the_attacks_change_enters(knock, door):
    answer, _ = knock(door)
    assert answer == "entered"


@DOORS
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_certificate_with_one_thing_wrong_is_refused_for_that_reason(knock, door, attack):
    change, reason = ATTACKS[attack]
    moment = now().replace(microsecond=0)
    moved = {
        key: moment + value if isinstance(value, datetime.timedelta) else value
        for key, value in change.items()
    }
    answer, log = knock(door, **moved)
    assert answer == "refused"
    assert reason in log


@DOORS
def test_a_staging_certificate_opens_nothing_at_production(knock, door):
    """It names the right user and project and is in time: its CA alone is wrong."""
    staging = ensure_own_ca(STATE, Environment.STAGING)
    answer, log = knock(door, ca=staging)
    assert answer == "refused"
    assert f"CA ED25519 {fingerprint(public_half(staging))}" in log


@pytest.fixture
def revoked(as_root):
    """Revoke at one door while a block runs: the list as ``revoke`` writes it, where a deploy puts it."""

    @contextlib.contextmanager
    def revoke(door, line):
        host, name = (GATEWAY, "antenna") if door == "at_gateway" else (LOGIN, "millwright")
        krl = f"/etc/ssh/{name}_revoked_keys"
        as_root(host, f"cp -p {krl} {krl}.was")
        try:
            add_revocations(STATE, [line])
            data = krl_file(STATE).read_bytes().hex()
            as_root(host, f"python3 -c \"open('{krl}','wb').write(bytes.fromhex('{data}'))\"")
            yield f"revoked by file {krl}"
        finally:
            lift_revocations(STATE, [line.key])
            as_root(host, f"mv {krl}.was {krl}")

    return revoke


@DOORS
def test_a_revoked_serial_is_refused_at_once_and_the_next_one_enters(knock, revoked, door):
    with revoked(door, new_revocation(Kind.SERIAL, "4711", "test", now())) as reason:
        answer, log = knock(door, serial=4711)
        assert answer == "refused"
        assert reason in log
        assert knock(door, serial=4712)[0] == "entered"


@DOORS
def test_a_revoked_key_is_refused_whatever_certificate_it_shows(knock, revoked, access, door):
    key = fingerprint(public_half(access.key))
    with revoked(door, new_revocation(Kind.KEY, key, "lost", now())) as reason:
        answer, log = knock(door)
        assert answer == "refused"
        assert reason in log
    assert knock(door)[0] == "entered"


def openssh(access, *arguments, host="gateway"):
    command = ["ssh", "-F", access.config, *arguments, host]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@DOORS
def test_a_static_key_is_refused(access, as_root, door):
    """Also where somebody wrote it into the account's own list."""
    host, home = (GATEWAY, "/nonexistent") if door == "at_gateway" else (LOGIN, "/shared/home/ada")
    key = public_half(access.key).read_text().strip()
    authorize = f"install -d -o ada -g ada -m 700 {home}/.ssh && echo '{key}' > {home}/.ssh/authorized_keys"
    try:
        if door == "at_factory":
            as_root(host, authorize)
        with getattr(Visitor(access), door)(None) as (_, attempt):
            assert attempt.answer == "refused"
    finally:
        as_root(host, f"rm -rf {home}/.ssh")


@pytest.mark.parametrize("host", ["gateway", "factory"])
def test_no_password_is_asked_for(access, host):
    options = (
        "-o",
        "PubkeyAuthentication=no",
        "-o",
        "BatchMode=no",
        "-o",
        "PreferredAuthentications=password",
    )
    done = openssh(access, *options, host=host)
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr


@pytest.mark.parametrize("host", ["gateway", "factory"])
def test_root_is_no_user_of_an_antenna(access, host):
    done = openssh(access, "-o", "SessionType=default", "-l", "root", host=host)
    assert "Permission denied" in done.stderr


def test_the_gateway_leads_to_no_compute_node_controller_or_other_antenna(access, as_root):
    ways = [
        ("10.91.0.21", 22),
        ("10.91.0.10", 6817),
        ("10.92.0.3", 22),
        ("10.91.0.42", 22),
        ("10.92.0.1", 6817),
    ]
    since = as_root(GATEWAY, "date +%s.%N").strip()
    with Visitor(access).at_gateway(access.certificate) as (gateway, _):
        open_way(gateway, "10.92.0.1", 22).close()
        for address, port in ways:
            with pytest.raises(Exception, match="prohibited"):
                open_way(gateway, address, port)
    log = as_root(GATEWAY, f"journalctl -u ssh.service -o cat --no-pager --since @{since}")
    for address, port in ways:
        assert f"to connect to host {address} port {port}, but the request was denied" in log


def test_the_packet_filter_holds_where_sshd_would_not(as_root):
    """The account that users pass through, with a shell that it does not have."""
    reach = "setpriv --reuid=jump --regid=jump --clear-groups timeout 3 python3 -c " + (
        "'import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)' {} {}; echo $?"
    )
    assert as_root(GATEWAY, reach.format("10.92.0.1", 22)).strip() == "0"
    for address, port in (("10.91.0.11", 22), ("10.91.0.10", 6817), ("10.92.0.1", 6817), ("127.0.0.1", 22)):
        assert as_root(GATEWAY, reach.format(address, port)).strip() != "0", f"{address}:{port}"


def test_a_spoofed_tunnel_address_gets_no_answer(as_root):
    """An attacker who is root on a gateway: its packet filter is open, WireGuard at the factory is not."""
    open_it = "nft insert rule inet millwright output accept && nft insert rule inet millwright input accept"
    connect = 's=socket.create_connection(("10.92.0.1", 22), 3, (sys.argv[1], 0)); s.recv(3)'
    reach = f"timeout 4 python3 -c 'import socket,sys; {connect}' {{}}; echo $?"
    try:
        as_root(GATEWAY, f"{open_it} && ip address add 10.92.0.3/32 dev wg0")
        assert as_root(GATEWAY, reach.format("10.92.0.2")).strip() == "0"
        assert as_root(GATEWAY, reach.format("10.92.0.3")).strip() != "0"
    finally:
        as_root(GATEWAY, "ip address delete 10.92.0.3/32 dev wg0; nft -f /etc/millwright/gateway.nft")


@pytest.mark.parametrize("imposter", ["10.91.0.42", "10.91.0.10"])
def test_another_host_in_the_gateways_place_is_not_taken_for_it(access, imposter):
    """One with a certificate of the same CA for its own name, one with none."""
    done = openssh(access, "-o", f"HostName={imposter}", "-o", f"HostKeyAlias={access.gateway.address}")
    assert done.returncode == 255
    assert "Host key verification failed" in done.stderr


def test_a_login_node_installed_anew_is_known_by_the_same_host_ca(access, as_root, tmp_path, shipped_rack):
    from millwright.antennas.trust.host_ca import ensure_host_ca, host_certificate, host_names

    key = "/etc/ssh/ssh_host_ed25519_key"
    old = f"for f in {key} {key}.pub {key}-cert.pub; do"
    as_root(LOGIN, f"set -e; {old} cp -p $f $f.was; done")
    try:
        as_root(LOGIN, f"rm {key} && ssh-keygen -q -t ed25519 -N '' -f {key}")
        (tmp_path / "key.pub").write_text(as_root(LOGIN, f"cat {key}.pub"))
        wanted = host_certificate(shipped_rack, LOGIN, host_names(shipped_rack, LOGIN), now())
        sign(ensure_host_ca(STATE), tmp_path / "key.pub", wanted, tmp_path / "key-cert.pub")
        text = (tmp_path / "key-cert.pub").read_text().strip()
        as_root(LOGIN, f"echo '{text}' > {key}-cert.pub && {RELOAD_SSHD}")
        time.sleep(1)
        command = ["ssh", "-F", access.config, "factory", "id -un"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (done.stdout, done.stderr) == ("ada\n", "")
    finally:
        as_root(LOGIN, f"{old} mv $f.was $f; done; {RELOAD_SSHD}")


def test_a_session_lives_on_while_a_peer_changes(access, as_root):
    """``wg syncconf`` at both ends: the other antenna's peer goes and comes back."""
    command = ["ssh", "-F", access.config, "factory", "echo begun; cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout.readline() == "begun\n"
        hills = (STATE / "wireguard" / "hills.pub").read_text().strip()
        try:
            as_root(LOGIN, f"wg set wg-antennas peer {hills} remove")
        finally:
            as_root(LOGIN, "systemctl reload wg-quick@wg-antennas")
        as_root(GATEWAY, "systemctl reload wg-quick@wg0")
        assert hills in as_root(LOGIN, "wg show wg-antennas peers")
        session.stdin.write("still here\n")
        session.stdin.flush()
        assert session.stdout.readline() == "still here\n"
        session.stdin.close()
        assert session.wait(20) == 0
