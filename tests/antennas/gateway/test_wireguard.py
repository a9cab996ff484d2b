"""Public keys from other hosts are checked before any file holds them; the tunnel's text holds no secret."""

import base64

import pytest

from millwright.antennas.gateway.wireguard import (
    RELOAD_DROP_IN,
    gateway_config,
    parse_public_key,
    publish_public_key,
    read_public_key,
)
from millwright.core.errors import FailedError

KEY = base64.b64encode(bytes(range(32))).decode()
HOSTILE = [
    "",
    "  \n",
    KEY[:-1],
    KEY + "A",
    base64.b64encode(bytes(31)).decode(),
    base64.b64encode(bytes(33)).decode(),
    f"{KEY}\nAllowedIPs = 0.0.0.0/0",
    "{{ lookup('pipe', 'id') }}" + "A" * 18,
    "$(id)" + KEY[5:],
    KEY.replace("A", "-", 1),
    "é" * 44,
]


def test_a_key_is_read_without_its_newline():
    assert parse_public_key(f"{KEY}\n", "x") == KEY


@pytest.mark.parametrize("text", HOSTILE)
def test_anything_else_is_refused_and_not_published(tmp_path, text):
    with pytest.raises(FailedError, match="not a WireGuard public key"):
        publish_public_key(text, tmp_path / "coast.pub")
    assert not (tmp_path / "coast.pub").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", KEY.encode() + b"\0"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "factory.pub").write_bytes(content)
    with pytest.raises(FailedError, match=r"factory\.pub: not a WireGuard public key"):
        read_public_key(tmp_path / "factory.pub")


def test_a_missing_file_says_which_play_makes_it(tmp_path):
    with pytest.raises(FailedError, match="antenna_peer"):
        read_public_key(tmp_path / "factory.pub")


def test_a_published_key_reads_back(tmp_path):
    publish_public_key(KEY, tmp_path / "wireguard" / "coast.pub")
    assert read_public_key(tmp_path / "wireguard" / "coast.pub") == KEY


def test_the_gateways_tunnel_reads_as_expected(golden):
    text = gateway_config(
        gateway_address="10.92.0.2", factory_address="10.92.0.1", endpoint="10.91.0.11:51820", factory_key=KEY
    )
    golden("wg0.conf", text)
    assert "PrivateKey" not in text


def test_a_reload_keeps_the_private_key(golden):
    golden("reload-drop-in.conf", RELOAD_DROP_IN)
