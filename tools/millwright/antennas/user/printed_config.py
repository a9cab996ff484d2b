"""The ``ssh_config`` that a user of an antenna pastes: everything in one text, keys left at home."""

from dataclasses import dataclass

from millwright.antennas.gateway.sshd import JUMP_USER


@dataclass(frozen=True, slots=True)
class Way:
    """How one user reaches the factory, as the user's own OpenSSH must know it."""

    facility: str
    antenna: str
    title: str
    user: str
    gateway: tuple[str, int]
    """Address and port."""
    factory_address: str
    known_hosts: tuple[str, ...]
    """Lines of a ``known_hosts`` file: host keys, or the CA that signs them."""
    rest: tuple[str, int] | None = None
    """Host and port of slurmrestd as the login node names it; None if the factory has none."""

    @property
    def name(self) -> str:
        """What the user types after ``ssh``; also the name of the key."""
        return f"{self.facility}-{self.antenna}"


def printed_config(way: Way) -> str:
    """Write what ``millwright antenna config`` prints; it names no file of the machine that wrote it.

    The host keys are in the text itself (``KnownHostsCommand``, OpenSSH 8.5 and later), so there is
    nothing to install and no question to answer. An older OpenSSH skips that line and finds the same
    keys in a file. Keepalives let a session outlive three minutes without a connection.
    """
    name = way.name
    return f"""\
# {way.user} at {name}: {way.title}
# Needs OpenSSH; rsync for files. Three steps:
#   1. Make a key:       ssh-keygen -t ed25519 -f ~/.ssh/{name}
#   2. Send ~/.ssh/{name}.pub to the antenna; save the certificate that comes back as ~/.ssh/{name}-cert.pub
#   3. Append this text to ~/.ssh/config (mode 600)
# Then: ssh {name} squeue
#       ssh {name} sbatch --account=ACCOUNT job.sh
#       rsync --partial --append-verify FILE {name}:
# OpenSSH older than 8.5: save these lines as ~/.ssh/{name}.known_hosts, without "# ":
{_commented(way.known_hosts)}\
Host {name}
    HostName {way.factory_address}
    User {way.user}
    ProxyJump {name}-gateway

Host {name}-gateway
    HostName {way.gateway[0]}
    Port {way.gateway[1]}
    User {JUMP_USER}
{_rest(way)}
Host {name} {name}-*
    IdentityFile ~/.ssh/{name}
    CertificateFile ~/.ssh/{name}-cert.pub
    IdentitiesOnly yes
    PreferredAuthentications publickey
    IgnoreUnknown KnownHostsCommand
    KnownHostsCommand {_known_hosts_command(way.known_hosts)}
    UserKnownHostsFile ~/.ssh/{name}.known_hosts
    GlobalKnownHostsFile none
    StrictHostKeyChecking yes
    UpdateHostKeys no
    ForwardAgent no
    ForwardX11 no
    ConnectTimeout 20
    ServerAliveInterval 20
    ServerAliveCountMax 9
"""


def _commented(lines: tuple[str, ...]) -> str:
    return "".join(f"# {line}\n" for line in lines)


def _known_hosts_command(lines: tuple[str, ...]) -> str:
    """Print the lines; ssh runs the program without a shell, and reads ``%`` as a token's mark."""
    return " ".join(["/usr/bin/printf", r"'%%s\n'", *(f'"{line.replace("%", "%%")}"' for line in lines)])


def _rest(way: Way) -> str:
    """The host that opens a portal's way to slurmrestd, from the login node on."""
    if way.rest is None:
        return ""
    host, port = way.rest
    return f"""
# slurmrestd for portals, while this runs: ssh -N {way.name}-rest
Host {way.name}-rest
    HostName {way.factory_address}
    User {way.user}
    ProxyJump {way.name}-gateway
    LocalForward 127.0.0.1:{port} {host}:{port}
    ExitOnForwardFailure yes
"""
