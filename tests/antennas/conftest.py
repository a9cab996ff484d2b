"""The gateway's operations are loaded by path, as pyinfra loads them; facilities for the library's tests."""

import copy
import sys
from pathlib import Path

import pytest
import yaml

from millwright.facility import load_facility
from millwright.facility.places import checkout

sys.path.append(str(checkout()))


@pytest.fixture(scope="session")
def shipped_rack():
    return load_facility(checkout() / "inventories" / "rack" / "facility.yaml")


@pytest.fixture
def facility_with(tmp_path):
    """A changed copy of the facility ``rack``: ``change`` edits the parsed file."""

    def make(change=lambda _: None):
        data = yaml.safe_load((checkout() / "inventories" / "rack" / "facility.yaml").read_text())
        data = copy.deepcopy(data)
        change(data)
        path = tmp_path / "facility.yaml"
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return load_facility(path)

    return make


@pytest.fixture
def golden():
    """Compare text with a file under ``golden/``."""

    def compare(name, text):
        assert text == (Path(__file__).parent / "golden" / name).read_text()

    return compare
