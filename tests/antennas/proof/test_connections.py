"""Knocking at real SSH servers on the loopback: entered, refused, silent and false ones are told apart."""

import datetime
import socket
import threading

import paramiko
import pytest
from paramiko.ssh_exception import ChannelException

from millwright.antennas.proof import connections as doors
from millwright.antennas.proof.connections import (
    PinnedConnection,
    attempt_login,
    attempt_login_patiently,
    open_way,
    user_login,
)
from millwright.antennas.proof.proofs import Answer
from millwright.antennas.ssh.certificate_signing import Certificate, sign
from millwright.antennas.ssh.keys import ensure_key_pair, public_half

PROHIBITED = paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class Gatekeeper(paramiko.ServerInterface):
    """Lets in whoever shows what the test says: a certificate or any key."""

    def __init__(self, wanted):
        self.wanted = wanted

    def check_auth_publickey(self, _username, key):
        shown = key.public_blob.key_type if key.public_blob else key.get_name()
        return paramiko.AUTH_SUCCESSFUL if shown in self.wanted else paramiko.AUTH_FAILED

    def get_allowed_auths(self, _username):
        return "publickey"

    def check_channel_direct_tcpip_request(self, *_):
        return PROHIBITED

    def check_channel_request(self, *_):
        return PROHIBITED


@pytest.fixture
def host_key():
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def serve(host_key):
    """Start a server and give its port; ``hang_up`` ends so many connections before greeting."""
    stop, threads, open_transports = threading.Event(), [], []

    def start(wanted=(), *, hang_up=0, silent=False):
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(0.1)
        held, left = [], [hang_up]

        def loop():
            while not stop.is_set():
                try:
                    client, _ = listener.accept()
                except TimeoutError:
                    continue
                if silent:
                    held.append(client)
                elif left[0] > 0:
                    left[0] -= 1
                    client.close()
                else:
                    transport = paramiko.Transport(client)
                    transport.add_server_key(host_key)
                    transport.start_server(server=Gatekeeper(wanted), event=threading.Event())
                    open_transports.append(transport)
            listener.close()

        thread = threading.Thread(target=loop)
        thread.start()
        threads.append(thread)
        return listener.getsockname()[1]

    yield start
    stop.set()
    for thread in threads:
        thread.join()
    for transport in open_transports:
        transport.close()


@pytest.fixture
def user(tmp_path):
    """A key with a valid certificate beside it, where paramiko and OpenSSH look for one unasked."""
    ca, key = ensure_key_pair(tmp_path, "ca", comment="ca"), ensure_key_pair(tmp_path, "id", comment="u")
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    hour = datetime.timedelta(hours=1)
    sign(ca, public_half(key), Certificate("k", 1, ("p",), now - hour, now + hour), tmp_path / "id-cert.pub")
    return key


@pytest.fixture
def connect(tmp_path, host_key, user):
    def make(port, *, certificate=True, pinned=None, gateway=None):
        key = pinned if pinned is not None else host_key
        line = f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n" if key else ""
        (tmp_path / f"known_{port}").write_text(line)
        login = user_login(user, user.with_name("id-cert.pub") if certificate else None)
        known = [tmp_path / f"known_{port}"]
        return PinnedConnection(("127.0.0.1", port), "ada", login=login, known_hosts=known, gateway=gateway)

    return make


CERTIFICATE, KEY = "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"


def test_a_bare_key_is_shown_without_the_certificate_that_lies_beside_it(serve, connect, user):
    """paramiko takes a certificate beside a key unasked, and then a login without one would prove nothing."""
    assert paramiko.PKey.from_path(user).public_blob is not None
    assert user_login(user, None)["pkey"].public_blob is None
    assert user_login(user, user.with_name("id-cert.pub"))["pkey"].public_blob.key_type == CERTIFICATE


def test_a_login_that_is_accepted_enters(serve, connect):
    connection = connect(serve(wanted=[CERTIFICATE, KEY]))
    assert attempt_login(connection).answer is Answer.ENTERED
    connection.close()


def test_a_login_that_is_not_accepted_is_refused(serve, connect):
    attempt = attempt_login(connect(serve(wanted=[]), certificate=False))
    assert (attempt.answer, attempt.reason) == (Answer.REFUSED, "Authentication failed.")


def test_a_host_with_another_key_is_no_entry_even_if_it_would_let_us_in(serve, connect):
    attempt = attempt_login(connect(serve(wanted=[CERTIFICATE, KEY]), pinned=paramiko.ECDSAKey.generate()))
    assert attempt.answer is Answer.WRONG_HOST


def test_a_host_without_a_pinned_key_is_never_added(serve, connect, tmp_path):
    port = serve(wanted=[CERTIFICATE, KEY])
    attempt = attempt_login(connect(port, pinned=False))
    assert attempt.answer is Answer.UNREACHABLE
    assert "not found in known_hosts" in attempt.reason
    assert (tmp_path / f"known_{port}").read_text() == ""


def test_a_closed_port_is_unreachable(connect):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert attempt_login(connect(port)).answer is Answer.UNREACHABLE


def test_a_silent_host_is_unreachable_and_not_a_refusal(serve, connect, monkeypatch):
    monkeypatch.setattr(doors, "LIMIT_S", 0.3)
    assert attempt_login(connect(serve(silent=True))).answer is Answer.UNREACHABLE


@pytest.mark.parametrize(
    "words", ["Authentication timeout.", "Authentication failed: transport shut down or saw EOF"]
)
def test_paramikos_other_authentication_errors_are_no_refusal(serve, connect, monkeypatch, words):
    connection = connect(serve())

    def fail(**_):
        raise paramiko.AuthenticationException(words)

    monkeypatch.setattr(connection.client, "connect", fail)
    assert attempt_login(connection).answer is Answer.UNREACHABLE


def test_a_server_that_hangs_up_is_asked_again(serve, connect):
    """sshd does so for some seconds after refused logins; that says nothing about this one."""
    port, slept = serve(wanted=[], hang_up=2), []
    _, attempt = attempt_login_patiently(lambda: connect(port, certificate=False), sleep=slept.append)
    assert attempt.answer is Answer.REFUSED
    assert len(slept) == 2


def test_patience_ends(serve, connect):
    port, slept = serve(hang_up=1000), []
    _, attempt = attempt_login_patiently(lambda: connect(port), sleep=slept.append)
    assert attempt.answer is Answer.UNREACHABLE
    assert sum(slept) == doors.PATIENCE_S


def test_a_host_that_accepts_connections_and_says_nothing_is_asked_once(serve, connect, monkeypatch):
    """paramiko has the same words for it as for one that hangs up, and patience would delay everybody."""
    monkeypatch.setattr(doors, "LIMIT_S", 0.3)
    port, slept = serve(silent=True), []
    _, attempt = attempt_login_patiently(lambda: connect(port), sleep=slept.append)
    assert "protocol banner" in attempt.reason
    assert slept == []


def test_a_refusal_is_not_asked_again(serve, connect):
    slept = []
    port = serve(wanted=[])
    attempt_login_patiently(lambda: connect(port, certificate=False), sleep=slept.append)
    assert slept == []


def test_a_way_that_the_gateway_prohibits_says_so(serve, connect):
    gateway = connect(serve(wanted=[CERTIFICATE, KEY]))
    with pytest.raises(ChannelException) as refused:
        open_way(gateway, "127.0.0.1", 22)
    assert refused.value.code == PROHIBITED
    gateway.close()


def test_behind_a_gateway_that_prohibits_nobody_was_refused_by_the_factory(serve, connect):
    gateway = connect(serve(wanted=[CERTIFICATE, KEY]))
    attempt = attempt_login(connect(serve(wanted=[CERTIFICATE, KEY]), gateway=gateway))
    assert attempt.answer is Answer.PROHIBITED
    gateway.close()


def test_no_key_password_or_gateway_comes_from_the_users_own_fabric_settings(connect, tmp_path, monkeypatch):
    (tmp_path / ".fabric.yaml").write_text(
        "gateway: elsewhere\nconnect_kwargs: {key_filename: /k, password: p}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    connection = connect(2222)
    assert not connection.gateway
    assert not {"key_filename", "password"} & set(connection.connect_kwargs)
