"""The plan of a gateway that was changed by hand: it is told, and nothing is touched."""

import json

import pytest
from rack_console import Console
from rack_user import millwright

from millwright.facility.places import state_folder

pytestmark = pytest.mark.rack

CONF = "/etc/wireguard/wg0.conf"


@pytest.fixture
def spoiled(antennas):
    console = Console(antennas, "rack-antenna")
    kept = console.take(CONF)
    console.shell(f"sed -i 's/PersistentKeepalive = 25/PersistentKeepalive = 26/' {CONF}")
    yield console
    console.put(CONF, kept)


def everything_below(folder):
    return {path: path.read_bytes() for path in (folder / "wireguard").rglob("*") if path.is_file()}


def test_a_change_by_hand_is_planned_and_left_as_it_is(spoiled):
    state = state_folder("rack")
    before, conf = everything_below(state), spoiled.take(CONF)
    planned = json.loads(millwright("antenna", "plan", "rack", "-a", "coast", "--json"))
    assert planned["changes"] == [{"host": "rack-antenna", "step": "Ensure the tunnel leads to the factory"}]
    assert "- PersistentKeepalive = 26\n" in planned["diff"]
    assert spoiled.take(CONF) == conf
    assert everything_below(state) == before
