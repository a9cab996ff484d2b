"""Files are replaced whole or not at all."""

import os

import pytest

from millwright.core.files import replacing, write_atomically, write_if_changed, write_new, write_output


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    file = tmp_path / "state.json"
    file.write_text("old")
    write_atomically(file, "new", mode=0o600)
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_without_a_mode_the_umask_decides(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "report.html", b"<p>")
    finally:
        os.umask(before)
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o640


def test_a_failure_leaves_the_old_content_and_no_partial_file(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("old")
    with pytest.raises(OSError, match="disk full"), replacing(file) as partial:
        partial.write_text("half")
        raise OSError("disk full")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path):
    victim, link = tmp_path / "victim", tmp_path / "link"
    victim.write_text("precious")
    link.symlink_to(victim)
    write_atomically(link, "new")
    assert victim.read_text() == "precious"
    assert not link.is_symlink()


def test_a_new_file_never_replaces_another(tmp_path):
    write_new(tmp_path / "facility.yaml", "first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "facility.yaml", "second")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["first"]


def test_the_same_text_is_not_written_again_but_its_mode_is_set(tmp_path):
    file = tmp_path / "key"
    assert write_if_changed(file, "a", mode=0o600)
    number = file.stat().st_ino
    file.chmod(0o644)
    assert not write_if_changed(file, "a", mode=0o600)
    assert (file.stat().st_ino, file.stat().st_mode & 0o777) == (number, 0o600)
    assert write_if_changed(file, "b", mode=0o600)


def test_the_folder_of_an_output_is_made(tmp_path):
    path = tmp_path / "tables" / "today" / "a.csv"
    assert write_output(path, "a\n") == path
    assert path.read_text() == "a\n"
    assert [each.name for each in path.parent.iterdir()] == ["a.csv"]
