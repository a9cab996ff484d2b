"""A results folder is tried before anything is measured, and left as it was."""

from collections import namedtuple
from pathlib import Path

import pytest

from millwright.adapters.here import results_folder
from millwright.adapters.here.results_folder import require_room
from millwright.core.errors import ExitCode, NotTestableError

Usage = namedtuple("Usage", "total used free")


def test_a_folder_that_was_not_there_is_not_there_afterwards(tmp_path):
    require_room(tmp_path / "a" / "b", 6, "the results folder")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_stays_as_it_was(tmp_path):
    (tmp_path / "run").mkdir()
    require_room(tmp_path, 6, "the results folder")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("folder", ["/sys/results", "/proc/results/x", "file/results"])
def test_a_folder_that_can_not_be_written_is_not_testable(tmp_path, monkeypatch, folder):
    """The kernel refuses the first two to root as well; the third is below a file."""
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(NotTestableError, match="can't be written, so nothing was started") as error:
        require_room(Path(folder), 6, "the results folder")
    assert (error.value.exit_code, error.value.code) == (ExitCode.NOT_TESTED, "MW6256")


@pytest.mark.parametrize(("values", "enough"), [(6, True), (200_000, False)])
def test_more_values_need_more_space(tmp_path, monkeypatch, values, enough):
    monkeypatch.setattr(results_folder.shutil, "disk_usage", lambda _: Usage(2**30, 0, 100 * 2**20))
    if enough:
        require_room(tmp_path, values, "the results folder")
    else:
        with pytest.raises(NotTestableError, match=r"has 100 MiB left, 797 MiB are needed"):
            require_room(tmp_path, values, "the results folder")


def test_a_disk_that_is_full_leaves_no_probe_behind(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results_folder.os, "fsync", full)
    with pytest.raises(NotTestableError, match="No space left on device"):
        require_room(tmp_path, 6, "the results folder")
    assert list(tmp_path.iterdir()) == []
