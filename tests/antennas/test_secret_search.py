"""The search for secrets finds them, in each form in which they could be written."""

import base64

import pytest
from secret_search import files_below, find

from millwright.antennas.ssh.keys import ensure_key_pair, public_half

HEX = b"3f" * 64
RAW = bytes(range(128, 192))
WIREGUARD = base64.b64encode(bytes(range(32)))


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        (HEX, b"munge --key " + HEX),
        (HEX, b'{"content": "' + base64.b64encode(HEX + b"\n") + b'"}'),
        (HEX, b"\0" + bytes.fromhex(HEX.decode()) + b"\0"),
        (HEX + b"\n", HEX),
        (RAW, b"-" + base64.b64encode(RAW)),
        (WIREGUARD + b"\n", b"PrivateKey = " + WIREGUARD),
        (WIREGUARD, bytes(range(32)).hex().encode()),
    ],
)
def test_a_secret_is_found(secret, text):
    assert find({"key": secret}, {"log": text, "other": b"nothing"}) == {("key", "log")}


def test_a_private_key_is_found_in_a_file_and_its_public_half_is_none(tmp_path):
    key = ensure_key_pair(tmp_path / "keys", "ca", comment="a CA")
    (tmp_path / "log").write_text(repr({"stdout": key.read_text()}))
    (tmp_path / "public").write_bytes(public_half(key).read_bytes())
    found = find({"ca": key.read_bytes()}, files_below(tmp_path, besides=[key]))
    assert found == {("ca", str(tmp_path / "log"))}
