"""docs/how-to/start-a-site.md, command by command, in an empty folder."""

import json
import re
import shutil
from pathlib import Path

import pytest

from .walk import Walk

pytestmark = pytest.mark.tools

CAPTURED = Path(__file__).parents[1] / "discovery/data/rack"


def captured_as(folder, name):
    """What the rack answered, as a cluster of this name would have."""
    shutil.copytree(CAPTURED, folder)
    for file in folder.iterdir():
        file.write_text(re.sub(r"(?m)^(ClusterName\s*=\s*)\S+", rf"\g<1>{name}", file.read_text()))


def test_the_page_is_walked(tmp_path):
    environment = {"HOME": str(tmp_path / "home"), "MILLWRIGHT_STATE": str(tmp_path / "state")}
    (tmp_path / "home").mkdir()
    walk = Walk("start-a-site", {"login1": "rack-login"}, environment, tmp_path)
    walk.meets("make wheel")  # tests/wheel builds and installs it
    walk.runs("init coast")
    assert walk.meets("cd coast")
    walk.directory = tmp_path / "coast"
    assert "no problem found" in walk.runs("facility check coast")
    assert "Stored in results/coast/" in walk.runs("run coast")
    walk.runs("report coast")
    report = json.loads((tmp_path / "coast/output/coast/latest/report.json").read_text())
    assert report["missing"] == []
    walk.directory = tmp_path
    captured_as(tmp_path / "answers", "hills")
    walk.runs("facility discover")
    assert "created inventories/hills/facility.yaml" in walk.runs("init hills")
    text = (tmp_path / "hills/inventories/hills/facility.yaml").read_text()
    assert text.endswith((tmp_path / "hills.yaml").read_text().split("\n", 2)[2])
    walk.directory = tmp_path / "hills"
    assert "nothing to add" in walk.runs("init .")
    assert walk.is_through()
