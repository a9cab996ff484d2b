"""Nothing of one node, of the building machine or of the past stays in a tree."""

import os

from millwright.images.cleaning import clean, set_back

NODE = "plant-c1"
LONG_AGO_S = 1_000_000_000.0


def texts(tree):
    return {path.relative_to(tree).as_posix(): path.read_text() for path in tree.rglob("*") if path.is_file()}


def test_what_stays(tree):
    own = clean(tree, NODE, LONG_AGO_S, archive_stays=True)
    assert own == ("etc/millwright/node-health.json",)
    assert texts(tree) == {
        "etc/hosts": f"10.0.0.1 {NODE}\n",
        "etc/machine-id": "",
        "etc/resolv.conf": "",
        "etc/apt/sources.list": "deb http://mirror.example/debian trixie main\n",
        "etc/ssh/sshd_config": "PermitRootLogin no\n",
        "etc/other.conf": f"{NODE}0\n",
        "usr/bin/true": "program",
    }


def test_nodes_of_a_rack_are_told_their_archive_at_boot(tree):
    clean(tree, NODE, LONG_AGO_S, archive_stays=False)
    assert not (tree / "etc/apt/sources.list").exists()


def test_a_file_that_a_package_brought_stays_whatever_it_names(tree):
    path = tree / "etc/millwright/node-health.json"
    os.utime(path, (1, 1))
    assert clean(tree, NODE, LONG_AGO_S, archive_stays=True) == ()
    assert path.exists()


def test_a_link_that_leads_out_of_the_tree_is_removed_and_not_followed(tree, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (tree / "tmp/link").symlink_to(outside)
    clean(tree, NODE, LONG_AGO_S, archive_stays=True)
    assert not (tree / "tmp/link").is_symlink()
    assert (outside / "kept").read_text() == "kept"


def test_no_file_is_younger_than_the_epoch(tree):
    old = tree / "usr/bin/true"
    os.utime(old, (5, 5))
    (tree / "link").symlink_to("/nowhere")
    set_back(tree, 1000)
    assert {path.lstat().st_mtime for path in tree.rglob("*") if path != old} == {1000.0}
    assert old.stat().st_mtime == 5
