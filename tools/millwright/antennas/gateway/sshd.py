"""The sshd configuration of a gateway: users pass through to the factory and do nothing else."""

from collections.abc import Iterable, Sequence

JUMP_USER = "jump"
USER_CA_FILE = "/etc/ssh/antenna_user_ca.pub"
PRINCIPALS_FILE = "/etc/ssh/antenna_principals"
REVOKED_FILE = "/etc/ssh/antenna_revoked_keys"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
HOST_CERTIFICATE = f"{HOST_KEY}-cert.pub"
FACTORY_SSH_PORT = 22
DROP_IN = "/etc/ssh/sshd_config.d/10-antenna.conf"
"""Read before other files: of a keyword given twice, sshd takes the first."""


def jump_only_config(
    factory_address: str, *, administrator: str = "root", administrator_networks: Sequence[str] = ()
) -> str:
    """An sshd drop-in with which ``jump`` can open connections to the factory's sshd and nothing else.

    ``MaxSessions 0`` refuses every shell, command and subsystem; the other lines hold even without it.
    Nobody enters with a password; besides ``jump``, which alone trusts the user CA, the administrator
    enters with a key, from the given networks or, where none is given, from everywhere. A damaged
    revocation list shuts out ``jump``, never the administrator.

    Algorithms are taken away, not listed, so that each release brings its own newest ones: no NIST
    curves, SHA-1, 64-bit tags or MACs before encryption. ``LogVerbose`` says where each connection went.
    """
    return f"""\
# Made by antennas/deploy.py from facility.yaml; changes here are overwritten.
AllowUsers {" ".join([JUMP_USER, *_administrator(administrator, administrator_networks)])}
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
PermitEmptyPasswords no
PermitRootLogin {"prohibit-password" if administrator == "root" else "no"}
PermitUserEnvironment no
X11Forwarding no
AllowAgentForwarding no
PermitTunnel no
GatewayPorts no
LoginGraceTime 30
MaxStartups 20:30:100
ClientAliveInterval 60
ClientAliveCountMax 3
HostCertificate {HOST_CERTIFICATE}
KexAlgorithms -ecdh-sha2-nistp*,diffie-hellman-group-exchange-*,diffie-hellman-group14-*
Ciphers -3des-cbc,aes*-cbc
MACs -hmac-sha1*,umac-64*,hmac-sha2-256,hmac-sha2-512,umac-128@openssh.com
LogLevel VERBOSE
LogVerbose serverloop.c:server_request_direct_tcpip():*

Match User {JUMP_USER}
    TrustedUserCAKeys {USER_CA_FILE}
    RevokedKeys {REVOKED_FILE}
    AuthorizedPrincipalsFile {PRINCIPALS_FILE}
    AuthorizedKeysFile none
    AuthenticationMethods publickey
    AllowTcpForwarding local
    PermitOpen {factory_address}:{FACTORY_SSH_PORT}
    PermitListen none
    AllowStreamLocalForwarding no
    AllowAgentForwarding no
    X11Forwarding no
    PermitTTY no
    PermitUserRC no
    ForceCommand /usr/sbin/nologin
    MaxAuthTries 3
    MaxSessions 0

Match User *,!{JUMP_USER}
    AllowTcpForwarding no
    AllowStreamLocalForwarding no
"""


def _administrator(user: str, networks: Sequence[str]) -> list[str]:
    return [f"{user}@{network}" for network in networks] or [user]


def project_principal(account: str) -> str:
    """The principal that the gateway of a project's antenna lets through."""
    return f"project-{account}"


def principals_text(projects: Iterable[str], outside: Iterable[str]) -> str:
    """Everyone whom a gateway lets through: its projects, and its users' names at outside CAs."""
    names = dict.fromkeys([*(project_principal(account) for account in projects), *outside])
    return "".join(f"{name}\n" for name in names)


def expected_for_jump(factory_address: str) -> dict[str, str]:
    """What ``sshd -T`` must report for the account ``jump`` when nothing overrides the drop-in."""
    return {
        "trustedusercakeys": USER_CA_FILE,
        "authorizedprincipalsfile": PRINCIPALS_FILE,
        "revokedkeys": REVOKED_FILE,
        "authorizedkeysfile": "none",
        "hostcertificate": HOST_CERTIFICATE,
        "permitopen": f"{factory_address}:{FACTORY_SSH_PORT}",
        "permittunnel": "no",
        "maxsessions": "0",
        "passwordauthentication": "no",
        "loglevel": "VERBOSE",
    }
