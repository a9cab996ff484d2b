"""The gateway's operations are loaded by path, as pyinfra loads them; facilities for the library's tests."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from millwright.core.places import product_root
from millwright.facility import load_facility

sys.path.append(str(product_root()))
sys.path.append(str(Path(__file__).parent))  # for the tests' own helpers


@pytest.fixture(scope="session")
def shipped_rack():
    return load_facility(product_root() / "inventories" / "rack" / "facility.yaml")


@pytest.fixture
def facility_with(tmp_path):
    """A changed copy of the facility ``rack``: ``change`` edits the parsed file."""

    def make(change=lambda _: None):
        data = yaml.safe_load((product_root() / "inventories" / "rack" / "facility.yaml").read_text())
        data = copy.deepcopy(data)
        change(data)
        path = tmp_path / "facility.yaml"
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return load_facility(path)

    return make


@pytest.fixture(scope="session")
def antennas(provisioned_rack):
    """The rack's antennas in their described state, by the command that a user types."""
    command = [sys.executable, "-m", "millwright", "antenna", "apply", "rack"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return provisioned_rack


@pytest.fixture(scope="session")
def antennas_on_the_rack(provisioned_rack):
    """Both antennas of the shipped rack in their declared state."""
    command = [sys.executable, "-m", "millwright", "antenna", "apply", "rack"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def cut(antennas, tmp_path_factory):
    """The tunnel of ``hills``, cut for a minute from now on, while modules that leave it alone go on."""
    from rack_console import Console
    from rack_cut import Cut
    from rack_user import AtHome

    home = AtHome.settle(tmp_path_factory.mktemp("cut"), "hills", "bea")
    cut = Cut(home, Console(antennas, "rack-antenna2"))
    try:
        assert cut.say(b"before\n") == b"before\n"
        cut.start()
        yield cut
    finally:
        cut.end()
