"""Files of the state folder: whole or not at all, and closed to others."""

import os

import pytest

from millwright.antennas.ssh.private_files import write_whole


def test_a_file_is_closed_to_others_and_tells_whether_it_changed(tmp_path):
    path = tmp_path / "deep" / "file"
    assert write_whole(path, "one") is True
    assert write_whole(path, "one") is False
    assert write_whole(path, "two") is True
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_wrong_permissions_are_put_right_even_if_the_text_is(tmp_path):
    path = tmp_path / "file"
    write_whole(path, "one")
    path.chmod(0o644)
    write_whole(path, "one")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_the_old_file_and_no_scrap(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_whole(path, "old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_damaged_old_file_is_replaced(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    assert write_whole(tmp_path / "file", "new") is True
