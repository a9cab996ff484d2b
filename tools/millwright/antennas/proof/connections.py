"""Fabric connections to hosts whose keys are pinned, and how an attempt to log in ended."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fabric import Config, Connection
from paramiko import Channel, Ed25519Key, ProxyCommand, RejectPolicy
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    BadHostKeyException,
    ChannelException,
    SSHException,
)

from millwright.antennas.proof.proofs import Answer, Attempt
from millwright.antennas.ssh.host_keys import SshTarget
from millwright.core.errors import NotTestableError

logging.getLogger("paramiko").addHandler(logging.NullHandler())  # else it prints tracebacks for each refusal

PROHIBITED = 1
"""SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1): the server's rules said no, before any connection."""
LIMIT_S = 10.0
"""Longest wait for each step of a connection, in seconds."""
PATIENCE_S = 120.0
"""How long a server that hangs up before it greets is asked again, in seconds.

sshd's penalty for refused logins (``PerSourcePenalties``) ends by itself, and says nothing about
the certificate in hand."""


Login = Mapping[str, Any]
"""How to prove who one is, as keywords of paramiko's ``connect``."""


def user_login(key: Path, certificate: Path | None) -> Login:
    """Prepare a login with one Ed25519 key and one certificate, or with the bare key.

    The key is read by its own class: paramiko's and Fabric's other ways also take any certificate
    that is beside it, so a login without one would prove nothing.
    """
    pkey = Ed25519Key(filename=str(key))
    if certificate is not None:
        pkey.load_certificate(str(certificate))
    return {"pkey": pkey, "allow_agent": False}


def admin_login(target: SshTarget) -> Login:
    """Prepare the administrator's login with the keys that their OpenSSH would use."""
    files = [str(file) for file in target.identity_files if file.is_file()]
    return {"key_filename": files, "allow_agent": not target.identities_only}


class PinnedConnection(Connection):  # type: ignore[misc] # Fabric ships no types
    """A Fabric connection that refuses unknown hosts, where Fabric's own adds them silently."""

    def __init__(
        self,
        endpoint: tuple[str, int],
        user: str,
        *,
        login: Login,
        known_hosts: Sequence[Path],
        gateway: "PinnedConnection | str | None" = None,
    ) -> None:
        """Prepare a connection; no key, password or setting comes from elsewhere.

        ``gateway`` is a connection to pass through, or a command that is the connection.
        """
        limits = dict.fromkeys(("banner_timeout", "auth_timeout", "channel_timeout"), LIMIT_S)
        super().__init__(
            host=endpoint[0],
            port=endpoint[1],
            user=user,
            gateway=gateway or False,
            config=Config(overrides={"load_ssh_configs": False}, lazy=True),  # no ~/.fabric.yaml
            connect_timeout=int(LIMIT_S),
            connect_kwargs={"look_for_keys": False, **limits, **login},
        )
        self.client.set_missing_host_key_policy(RejectPolicy())
        for file in known_hosts:
            self.client.load_system_host_keys(str(file))

    def open_gateway(self) -> Channel | ProxyCommand:
        """Open the way through the gateway within the limit; Fabric would wait for an hour."""
        if isinstance(self.gateway, str):
            return ProxyCommand(self.gateway)
        return open_way(self.gateway, self.host, self.port)


def open_way(gateway: PinnedConnection, address: str, port: int) -> Channel:
    """Ask a gateway for a connection to an address; raises :exc:`ChannelException` if it says no."""
    gateway.open()
    channel: Channel = gateway.transport.open_channel(
        "direct-tcpip", (address, port), ("", 0), timeout=LIMIT_S
    )
    return channel


def connect_as_admin(target: SshTarget) -> PinnedConnection:
    """Connect to a host as its administrator, who may have to wait after logins that were refused.

    Raises :exc:`NotTestableError` if that can't be done.
    """
    files = [file for file in target.known_hosts_files if file.is_file()]
    endpoint, login = (target.address, target.port), admin_login(target)

    def make() -> PinnedConnection:
        return PinnedConnection(
            endpoint, target.user, login=login, known_hosts=files, gateway=target.proxy or None
        )

    connection, attempt = attempt_login_patiently(make)
    if attempt.answer is not Answer.ENTERED:
        raise NotTestableError(
            f"{target.host} can't be reached as {target.user}: {attempt.reason}", code="MW4201"
        )
    return connection


def attempt_login(connection: PinnedConnection) -> Attempt:
    """Try to open a connection once, and distinguish a refusal from a host that could not be asked."""
    start = time.monotonic()
    answer, reason = _open(connection)
    return Attempt(answer, reason, time.monotonic() - start)


def _open(connection: PinnedConnection) -> tuple[Answer, str]:
    try:
        connection.open()
    except BadHostKeyException as error:
        return Answer.WRONG_HOST, str(error)
    except AuthenticationException as error:
        return (Answer.REFUSED if _is_refusal(error) else Answer.UNREACHABLE), str(error)
    except ChannelException as error:
        return (Answer.PROHIBITED if error.code == PROHIBITED else Answer.UNREACHABLE), error.text
    except (SSHException, OSError, EOFError) as error:
        return Answer.UNREACHABLE, str(error) or type(error).__name__
    return Answer.ENTERED, "entered"


def _is_refusal(error: AuthenticationException) -> bool:
    """Whether the server answered no; paramiko uses the same class for silence and for a lost connection."""
    return isinstance(error, BadAuthenticationType) or str(error) == "Authentication failed."


def attempt_login_patiently(
    make: Callable[[], PinnedConnection], *, sleep: Callable[[float], None] = time.sleep
) -> tuple[PinnedConnection, Attempt]:
    """Try again while the server hangs up before it greets, for at most ``PATIENCE_S`` seconds.

    One that hangs up does so at once; one that says nothing until the limit is not asked again.
    """
    waited, pause = 0.0, 5.0
    while True:
        connection = make()
        attempt = attempt_login(connection)
        if attempt.answer is not Answer.UNREACHABLE or not _was_hung_up(attempt) or waited >= PATIENCE_S:
            return connection, attempt
        sleep(pause)
        waited += pause


def _was_hung_up(attempt: Attempt) -> bool:
    words = ("protocol banner", "reset by peer", "EOF", "closed")
    return attempt.seconds < LIMIT_S and any(each in attempt.reason for each in words)
