"""The sshd configuration of a gateway: users pass through to the factory and do nothing else."""

JUMP_USER = "jump"
USER_CA_FILE = "/etc/ssh/antenna_user_ca.pub"
PRINCIPALS_FILE = "/etc/ssh/antenna_principals"
FACTORY_SSH_PORT = 22
DROP_IN = "/etc/ssh/sshd_config.d/10-antenna.conf"
"""Read before other files: of a keyword given twice, sshd takes the first."""


def jump_only_config(factory_address: str) -> str:
    """An sshd drop-in with which ``jump`` can open connections to the factory's sshd and nothing else.

    ``MaxSessions 0`` refuses every shell, command and subsystem; the other lines hold even without it.
    Nobody enters with a password, and only ``jump`` trusts the user CA.
    """
    return f"""\
# Made by antennas/deploy.py from facility.yaml; changes here are overwritten.
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
X11Forwarding no
AllowAgentForwarding no
PermitTunnel no
LoginGraceTime 30

Match User {JUMP_USER}
    TrustedUserCAKeys {USER_CA_FILE}
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


def expected_for_jump(factory_address: str) -> dict[str, str]:
    """What ``sshd -T`` must report for the account ``jump`` when nothing overrides the drop-in."""
    return {
        "trustedusercakeys": USER_CA_FILE,
        "authorizedprincipalsfile": PRINCIPALS_FILE,
        "authorizedkeysfile": "none",
        "permitopen": f"{factory_address}:{FACTORY_SSH_PORT}",
        "maxsessions": "0",
        "passwordauthentication": "no",
    }
