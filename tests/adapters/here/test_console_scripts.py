"""Commands of other packages are found without PATH."""

import sys
from importlib import metadata
from pathlib import Path

from millwright.adapters.here.console_scripts import find_script


def test_reframe_is_found_beside_the_interpreter():
    assert find_script("reframe-hpc", "reframe") == Path(sys.executable).with_name("reframe")


def test_a_command_elsewhere_is_found_by_its_record(tmp_path, monkeypatch):
    """As ``pip install --user`` puts it; a file of that name in a package is no command."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/reframe").write_text("")
    (tmp_path / "packages/tool").mkdir(parents=True)
    (tmp_path / "packages/tool/reframe").write_text("")
    info = tmp_path / "packages/tool-1.dist-info"
    info.mkdir()
    (info / "RECORD").write_text("tool/reframe,,\n../bin/reframe,,\n")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "usr/bin/python3"))
    monkeypatch.setattr(metadata, "files", lambda _: metadata.PathDistribution(info).files)
    assert find_script("tool", "reframe") == tmp_path / "bin/reframe"


def test_a_missing_one_is_expected_beside_the_interpreter():
    """What starts it says that it can't be started."""
    assert find_script("no-such-distribution", "nothing") == Path(sys.executable).with_name("nothing")
