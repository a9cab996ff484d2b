"""Facilities that no host stands behind, and the distribution of trust without hosts."""

import socket

import pytest
import yaml

from millwright.antennas.rollout.distribution import Distributed
from millwright.core.places import product_root


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No test reads or writes the state of a facility on this machine."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def facility_like_rack(tmp_path):
    """A copy of the facility ``rack`` after a change; gives the path of its file."""

    def make(change=lambda _: None):
        data = yaml.safe_load((product_root() / "inventories" / "rack" / "facility.yaml").read_text())
        change(data)
        path = tmp_path / "my site" / "facility.yaml"
        path.parent.mkdir()
        path.write_text(yaml.safe_dump(data))
        return str(path)

    return make


@pytest.fixture
def rack_reached_by(tmp_path, facility_like_rack):
    """A copy of the facility ``rack`` with an OpenSSH configuration of its own, perhaps missing."""

    def make(config):
        path = tmp_path / "ssh_config"
        if config is not None:
            path.write_text(config)
        return facility_like_rack(lambda data: data["ssh"].update(config=str(path)))

    return make


@pytest.fixture
def public_key():
    """The public key of a host or user."""
    return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHe5fZ0tSc1RmMREFgRZNQljlS0SQHR2hANXl+UQjUCu"


@pytest.fixture
def rack_down(tmp_path, rack_reached_by, public_key):
    """Host keys are pinned, but nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {public_key}\n")
    return rack_reached_by(
        f"Host *\n HostName 127.0.0.1\n Port {port}\n UserKnownHostsFile {tmp_path}/known_hosts\n"
    )


@pytest.fixture
def without_hosts(monkeypatch):
    """Replace a module's functions that distribute trust; the test adds who is unreached, and why."""
    unreached: dict[str, str] = {}

    def distribute(_context, _file, facility):
        parties = ["factory", *facility.antennas]
        return Distributed(tuple(each for each in parties if each not in unreached), dict(unreached))

    def replace(module, *names):
        for name in names:
            monkeypatch.setattr(module, name, distribute)
        return unreached

    return replace
