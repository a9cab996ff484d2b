"""No test sees the keys of the account that runs it."""

import pytest


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("MILLWRIGHT_STATE", str(tmp_path / "state"))
