"""What is mounted where."""

from pathlib import Path

from millwright.rack.mounts import mounts_below, now_below


def test_what_is_mounted_in_a_tree_is_seen_even_behind_blanks():
    lines = (r"/ /var/a\040b/dev rw - devtmpfs d rw", r"/ /var/a\040bc rw - tmpfs t rw", "/ / rw - ext4 e rw")
    mountinfo = "\n".join(f"{number} 2 0:1 {line}" for number, line in enumerate(lines))
    assert mounts_below(Path("/var/a b"), mountinfo) == [Path("/var/a b/dev")]


def test_an_ordinary_folder_holds_no_mounts_and_the_root_does(tmp_path):
    assert now_below(tmp_path) == []
    assert Path("/proc") in now_below(Path("/"))
