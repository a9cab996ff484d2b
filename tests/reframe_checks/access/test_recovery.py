"""Which antenna ReFrame hands over to be cut: the job's script as ReFrame itself writes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ..conftest import CHECKS

pytestmark = pytest.mark.tools

RACK = CHECKS.parent / "inventories" / "rack" / "facility.yaml"


@pytest.fixture
def script(tmp_path):
    """The script of the check for one antenna of a changed rack."""

    def make(kind, **antenna):
        data = yaml.safe_load(RACK.read_text())
        data["kind"] = kind
        if kind == "physical":
            data.pop("virtual", None)
        data["antennas"]["coast"] |= antenna
        (tmp_path / "facility.yaml").write_text(yaml.safe_dump(data))
        settings = [
            "-C",
            CHECKS / "settings.py",
            "-c",
            CHECKS / "access" / "recovery",
            f"--prefix={tmp_path}",
        ]
        chosen = ["--name=AntennaRecovery", "--system=rack:coast", "--dry-run"]
        subprocess.run(
            [Path(sys.executable).with_name("reframe"), *settings, *chosen],
            env=os.environ | {"MILLWRIGHT_FACILITY": str(tmp_path / "facility.yaml")},
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
        [made] = tmp_path.glob("stage/rack/coast/**/rfm_job.sh")
        return made.read_text()

    return make


@pytest.mark.parametrize(
    ("kind", "antenna", "may_be_cut"),
    [
        ("physical", {}, False),
        ("physical", {"may_be_cut": True}, True),
        ("virtual", {}, True),
    ],
)
def test_only_an_antenna_that_may_be_cut_is_handed_over(script, kind, antenna, may_be_cut):
    text = script(kind, **antenna)
    assert "python3 recovery_probe.py" in text
    assert ("MILLWRIGHT_ADMIN_SSH" in text, "MILLWRIGHT_ENDPOINT" in text) == (may_be_cut, may_be_cut)
