"""The whole play runs only where a look at the hosts does not do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from millwright.adapters.ansible.events import ApplyResult, HostCounts
from millwright.app.antenna import factory_side as module

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HOST = HostCounts("h", 3, 2, 0, 0, is_finished=True)
LOOKED = ApplyResult((HOST,), (), (), status=0, log=None, seconds=0.0)


@pytest.mark.parametrize(("found", "changes", "plays"), [(LOOKED, 2, 0), (None, 5, 1)])
def test_changes_are_those_of_the_look_or_of_the_play(monkeypatch, found, changes, plays):
    asked = []
    monkeypatch.setattr(module, "converge_factory_side", lambda *_, **__: found)
    monkeypatch.setattr(module, "run_factory_play", lambda *_, **__: asked.append(1) or 5)
    assert module.bring_up_factory_side(Path("f"), None, state=Path("s"), now=NOW) == changes
    assert len(asked) == plays
