"""What a user needs to reach the factory: key, certificate, host CA and an ``ssh_config``."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from millwright.antennas.gateway.sshd import JUMP_USER
from millwright.antennas.ssh.host_keys import SshTarget, pinned_keys, resolve_target
from millwright.antennas.ssh.private_files import write_whole
from millwright.antennas.trust.certificates import certificate_of, ensure_user_certificate
from millwright.antennas.trust.host_ca import authority_lines, ensure_host_ca, host_ca
from millwright.antennas.user.printed_config import Way
from millwright.core.errors import BadInputError, NotTestableError, Problem
from millwright.facility.model import Facility

GATEWAY_ALIAS = "gateway"
FACTORY_ALIAS = "factory"
REST_PORT = 6820
"""What the role ``slurm_rest`` has as ``slurm_rest_port``."""


@dataclass(frozen=True, slots=True)
class UserAccess:
    """The files of one user, and where they lead."""

    antenna: str
    user: str
    key: Path
    certificate: Path
    known_hosts: Path
    """What the user's OpenSSH knows: the host CA, which vouches for gateway and factory."""
    config: Path
    gateway: SshTarget
    factory_address: str

    @property
    def pinned(self) -> Path:
        """The host keys themselves, for proofs with a client that knows no host certificates."""
        return self.known_hosts.with_name("pinned_hosts")


def ensure_user_access(
    facility: Facility, antenna: str, user: str, *, state: Path, now: datetime.datetime
) -> UserAccess:
    """Write or renew the files of one user.

    They are in ``state/antennas/<antenna>/users/<user>/``; ``state/antennas/<antenna>/ssh_config`` is
    the one of the antenna's first user. Both know the hosts ``gateway`` and ``factory``.
    """
    folder = state / "antennas" / antenna
    gateway, login = (resolve_target(facility, host) for host in _hosts(facility, antenna))
    factory_address = facility.antennas[antenna].tunnel.factory_address
    pinned = {known_name(gateway): pinned_keys(gateway), login.address: pinned_keys(login)}
    write_whole(folder / "pinned_hosts", known_hosts_text(pinned | {factory_address: pinned[login.address]}))
    names = (known_name(gateway), factory_address)
    ensure_host_ca(state)
    lines = authority_lines(host_ca(state), names)
    write_whole(folder / "known_hosts", "".join(f"{line}\n" for line in lines))
    key = ensure_user_certificate(facility, antenna, user, state=state, now=now)
    access = UserAccess(
        antenna=antenna,
        user=user,
        key=key,
        certificate=certificate_of(key),
        known_hosts=folder / "known_hosts",
        config=key.with_name("ssh_config"),
        gateway=gateway,
        factory_address=factory_address,
    )
    write_whole(access.config, ssh_config_text(access))
    first = facility.antennas[antenna].first_user
    if first is not None and user == first.name:
        write_whole(folder / "ssh_config", ssh_config_text(access))
    return access


def _hosts(facility: Facility, antenna: str) -> tuple[str, str]:
    if facility.services is None:
        raise NotTestableError(
            f"{facility.name} has no login node, so antenna {antenna} leads nowhere", code="MW4601"
        )
    return facility.antennas[antenna].gateway, facility.services.login


def way_of(facility: Facility, access: UserAccess) -> Way:
    """What the user's own OpenSSH must know; host keys as they are in the user's ``known_hosts``."""
    address, port = access.gateway.address, access.gateway.port
    met = {address, f"[{address}]:{port}", access.factory_address}
    lines = access.known_hosts.read_text(encoding="utf-8").splitlines()
    return Way(
        facility=facility.name,
        antenna=access.antenna,
        title=facility.antennas[access.antenna].title,
        user=access.user,
        gateway=(address, port),
        factory_address=access.factory_address,
        known_hosts=tuple(line for line in lines if line.startswith("@") or line.split(" ")[0] in met),
        rest=_rest_of(facility),
    )


def _rest_of(facility: Facility) -> tuple[str, int] | None:
    """Where slurmrestd listens; the address, since a host's own name may lead to its loopback."""
    host = facility.services.rest if facility.services else None
    return (facility.address_of(host), REST_PORT) if host else None


def known_name(target: SshTarget) -> str:
    """The name under which OpenSSH looks a host up."""
    return target.address if target.port == 22 else f"[{target.address}]:{target.port}"


def known_hosts_text(pinned: dict[str, tuple[str, ...]]) -> str:
    """Write pinned host keys, one line for each address and key."""
    return "".join(f"{address} {key}\n" for address, keys in pinned.items() for key in keys)


def ssh_config_text(access: UserAccess) -> str:
    """Write the client configuration of one user.

    Raises :exc:`BadInputError` for a path that OpenSSH's configuration can't express.
    """
    return f"""\
# Made by millwright; renew the certificate with: millwright antenna config
Host {GATEWAY_ALIAS}
    HostName {access.gateway.address}
    Port {access.gateway.port}
    User {JUMP_USER}
    SessionType none

Host {FACTORY_ALIAS}
    HostName {access.factory_address}
    User {access.user}
    ProxyJump {GATEWAY_ALIAS}

Host {GATEWAY_ALIAS} {FACTORY_ALIAS}
    IdentityFile {_quoted(access.key)}
    CertificateFile {_quoted(access.certificate)}
    IdentitiesOnly yes
    IdentityAgent none
    PreferredAuthentications publickey
    BatchMode yes
    UserKnownHostsFile {_quoted(access.known_hosts)}
    GlobalKnownHostsFile none
    StrictHostKeyChecking yes
    UpdateHostKeys no
    ForwardAgent no
    ForwardX11 no
    ConnectTimeout 10
    ServerAliveInterval 20
    ServerAliveCountMax 9
"""


def _quoted(path: Path) -> str:
    """Quote a path for OpenSSH, which expands ``%`` and ``${...}`` even between quotes."""
    text = str(path)
    if not text.isprintable() or any(mark in text for mark in ('"', "\\", "${")):
        raise BadInputError(
            [Problem(text, "-", "OpenSSH can't take this path", 'no ", \\ or ${ in it', code="MW4602")]
        )
    return '"' + text.replace("%", "%%") + '"'
