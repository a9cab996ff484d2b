"""WireGuard's public keys and the gateway's tunnel configuration, which holds no secret."""

import base64
import binascii
from pathlib import Path

from millwright.antennas.ssh.private_files import write_whole
from millwright.core.errors import FailedError

INTERFACE = "wg0"
FACTORY_INTERFACE = "wg-antennas"
"""What the role ``antenna_peer`` has as ``antenna_peer_interface``."""
KEY_FILE = f"/etc/wireguard/{INTERFACE}.key"
"""The gateway's private key: made there, mode 0600, never copied."""
KEEPALIVE_S = 25
"""Seconds between keepalives, so that a NAT in front of a gateway keeps its mapping."""


def parse_public_key(text: str, origin: str) -> str:
    """A WireGuard public key: 32 bytes in base64.

    Raises :exc:`FailedError` naming ``origin``; whatever else a host might send stays out of
    configuration files.
    """
    key = text.strip()
    try:
        size = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != 32 or len(key) != 44:
        raise FailedError(
            f"{origin}: not a WireGuard public key (44 characters of base64): {key[:60]!r}", code="MW4102"
        )
    return key


def read_public_key(path: Path) -> str:
    """The public key in a file; raises :exc:`FailedError` if there is none."""
    try:
        return parse_public_key(path.read_text(encoding="ascii"), str(path))
    except FileNotFoundError as error:
        raise FailedError(
            f"{path}: no such key; the factory's side is made by the play antenna_peer", code="MW4103"
        ) from error
    except UnicodeDecodeError as error:
        raise FailedError(f"{path}: not a WireGuard public key", code="MW4104") from error


def publish_public_key(text: str, path: Path) -> None:
    """Write a gateway's public key to the state folder, where the factory's play reads it."""
    write_whole(path, parse_public_key(text, str(path)) + "\n", mode=0o644)


def gateway_config(*, gateway_address: str, factory_address: str, endpoint: str, factory_key: str) -> str:
    """The configuration of a gateway's end for ``wg-quick``.

    The private key is read from its own file when the interface comes up, so this text is no secret
    and can be compared and shown. Only the factory's tunnel address is routed into the tunnel.
    """
    return f"""\
# Made by antennas/deploy.py from facility.yaml; changes here are overwritten.
[Interface]
Address = {gateway_address}/32
PostUp = wg set %i private-key {KEY_FILE}

[Peer]
PublicKey = {factory_key}
AllowedIPs = {factory_address}/32
Endpoint = {endpoint}
PersistentKeepalive = {KEEPALIVE_S}
"""


RELOAD_DROP_IN = """\
# Made by antennas/deploy.py; changes here are overwritten.
[Service]
ExecReload=
ExecReload=/bin/bash -c 'exec wg syncconf %i <(wg-quick strip %i; echo "[Interface]"; \
    echo "PrivateKey = $$(cat /etc/wireguard/%i.key)")'
"""
"""Gives ``wg syncconf`` the private key, which it would clear otherwise.

systemd expands ``%i`` and ``$$``; ``echo`` is bash's own, so the key is never in an argument list.
"""
