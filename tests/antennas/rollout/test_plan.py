"""What an apply would change: read from the tools, in a state folder that is thrown away."""

import json
import os
from pathlib import Path

import pytest

from millwright.antennas.gateway.wireguard import read_public_key
from millwright.antennas.rollout.plan import (
    Change,
    parse_diff,
    parse_plan,
    scratch_state,
    stand_in_for_factory_key,
)
from millwright.core.errors import FailedError
from millwright.core.places import state_folder

SAID = """\
--> Connecting to hosts...
    [rack-antenna]  Connected

--> Preparing operation files...
    Loading: antennas/deploy.py
    [rack-antenna]  Will modify /etc/wireguard/wg0.conf
      @@ -8,3 +8,3 @@
      - PersistentKeepalive = 26
      + PersistentKeepalive = 25
    
    [rack-antenna]  Ready: antennas/deploy.py

--> Disconnecting from hosts...
"""  # noqa: W293 - as pyinfra prints it


def operation(name, *hosts):
    return {"name": name, "hosts_with_change": list(hosts), "hosts_with_conditional_change": ["a", "b"]}


def test_a_plan_names_each_step_that_would_change_a_host():
    text = json.dumps({"plan": [operation("one"), operation("two", "a", "b")], "results": None})
    assert parse_plan(text) == (Change("a", "two"), Change("b", "two"))


@pytest.mark.parametrize("text", ["", "{}", '{"plan": null}', '{"plan": [{}]}', '{"plan": []}'])
def test_no_plan_is_never_an_empty_plan(text):
    with pytest.raises(FailedError):
        parse_plan(text)


def test_the_diff_is_what_changes_and_nothing_of_the_progress():
    assert parse_diff(SAID) == (
        "[rack-antenna]  Will modify /etc/wireguard/wg0.conf\n"
        "  @@ -8,3 +8,3 @@\n  - PersistentKeepalive = 26\n  + PersistentKeepalive = 25\n"
    )


def test_the_state_folder_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    state = state_folder("rack")
    (state / "ca").mkdir(parents=True)
    (state / "ca" / "user_ca.pub").write_text("key")
    (state / "logs").mkdir()
    with scratch_state(state) as scratch:
        assert state_folder("rack") == scratch != state
        assert (scratch / "ca" / "user_ca.pub").read_text() == "key"
        assert not (scratch / "logs").exists()
        assert stand_in_for_factory_key(scratch)
        assert not stand_in_for_factory_key(scratch)
        assert read_public_key(scratch / "wireguard" / "factory.pub")
    assert state_folder("rack") == state
    assert not (state / "wireguard").exists()
    assert [path.name for path in state.parent.iterdir()] == ["rack"]


def test_a_plan_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MILLWRIGHT_STATE", str(tmp_path / "states"))
    state = state_folder("rack")
    assert state == tmp_path / "states" / "rack"
    with pytest.raises(FailedError), scratch_state(state):
        raise FailedError("x", code="MW9001")
    assert os.environ["MILLWRIGHT_STATE"] == str(tmp_path / "states")
    assert list(Path(tmp_path / "states").iterdir()) == []
