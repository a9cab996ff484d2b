"""The plan of a gateway that was changed by hand: it is told, and nothing is touched."""

import json

import pytest
from rack_console import Console
from rack_user import millwright

from millwright.antennas.gateway.sshd import REVOKED_FILE
from millwright.core.places import state_folder

pytestmark = pytest.mark.rack

CONF = "/etc/wireguard/wg0.conf"


ANOTHER_LIST = f"""
cd $(mktemp -d)
ssh-keygen -q -t ed25519 -N "" -f nobody
ssh-keygen -q -k -f {REVOKED_FILE} nobody.pub
"""
"""A list of revocations that is none of ours; such a list is no text."""


@pytest.fixture
def spoiled(antennas):
    console = Console(antennas, "rack-antenna")
    kept = {path: console.take(path) for path in (CONF, REVOKED_FILE)}
    try:
        console.shell(f"sed -i 's/PersistentKeepalive = 25/PersistentKeepalive = 26/' {CONF}")
        console.shell(ANOTHER_LIST)
        yield console
    finally:
        for path, data in kept.items():
            console.put(path, data)


def everything_below(folder):
    return {path: path.read_bytes() for path in (folder / "wireguard").rglob("*") if path.is_file()}


def test_a_change_by_hand_is_planned_and_left_as_it_is(spoiled):
    state = state_folder("rack")
    before, found = everything_below(state), [spoiled.take(path) for path in (CONF, REVOKED_FILE)]
    planned = json.loads(millwright("antenna", "plan", "rack", "-a", "coast", "--json"))
    assert {(change["host"], change["step"]) for change in planned["changes"]} == {
        ("rack-antenna", "Ensure the tunnel leads to the factory"),
        ("rack-antenna", "antennas/trust.py | Ensure revoked users and keys stay out"),
    }
    assert "- PersistentKeepalive = 26\n" in planned["diff"]
    assert [spoiled.take(path) for path in (CONF, REVOKED_FILE)] == found
    assert everything_below(state) == before
