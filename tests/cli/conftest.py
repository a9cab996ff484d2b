"""What commands that change trust on hosts stand on: nobody is really told."""

import pytest

from millwright.antennas.rollout.distribution import Distributed


@pytest.fixture
def hears(tmp_path, monkeypatch):
    """Let functions of a module tell nobody; the test adds who can't be reached, with the reason.

    No test reads the state of a facility on this machine.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    unreached: dict[str, str] = {}

    def distribute(_path, facility):
        parties = ["factory", *facility.antennas]
        return Distributed(tuple(each for each in parties if each not in unreached), dict(unreached))

    def replace(module, *names):
        for name in names:
            monkeypatch.setattr(module, name, distribute)
        return unreached

    return replace
