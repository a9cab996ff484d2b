"""The changes that a run keeps of the checkout that measured."""

import hashlib
import subprocess

import pytest

from millwright.adapters.here import checkout_changes as module
from millwright.adapters.here.checkout_changes import checkout_changes

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "probe.c").write_text("int n = 1;\n")
    (folder / ".gitignore").write_text("results/\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"]):
        subprocess.run([*GIT, "-C", folder, *arguments], check=True)
    return folder


def test_a_clean_checkout_has_none(checkout):
    (checkout / "results").mkdir()
    (checkout / "results/run.json").write_text("{}")
    assert checkout_changes(checkout) == b""


def test_changes_can_be_applied_to_the_commit_again(checkout, tmp_path):
    subprocess.run([*GIT, "clone", "-q", checkout, tmp_path / "clone"], check=True)
    (checkout / "probe.c").write_text("int n = 2;\n")
    (checkout / "blob").write_bytes(b"\0\1\2")
    subprocess.run([*GIT, "-C", checkout, "add", "blob"], check=True)
    (checkout / "extra probe.py").write_text("print(1)\n")
    changes = checkout_changes(checkout)
    digest = hashlib.sha256(b"print(1)\n").hexdigest()
    assert changes.startswith(f"# untracked: sha256 {digest}, 9 bytes: extra probe.py\n".encode())
    subprocess.run([*GIT, "-C", tmp_path / "clone", "apply", "-"], input=changes, check=True)
    assert (tmp_path / "clone/probe.c").read_text() == "int n = 2;\n"
    assert (tmp_path / "clone/blob").read_bytes() == b"\0\1\2"


def test_a_hostile_name_stays_one_comment(checkout):
    (checkout / "a\ndiff --git x y\x1b[2J").write_text("")
    lines = checkout_changes(checkout).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(b"# untracked: ")
    assert b"\x1b" not in lines[0]


def test_a_huge_difference_is_named_by_its_sum(checkout, monkeypatch):
    monkeypatch.setattr(module, "MAX_DIFF_BYTES", 10)
    (checkout / "probe.c").write_text("int n = 2;\n")
    assert b"is not kept; its sha256 is" in checkout_changes(checkout)


def test_many_untracked_files_are_counted(checkout, monkeypatch):
    monkeypatch.setattr(module, "MAX_UNTRACKED", 2)
    for number in range(5):
        (checkout / f"file{number}").write_text("")
    assert checkout_changes(checkout).splitlines()[-1] == b"# and 3 more untracked files"


def test_outside_of_git_there_are_none(tmp_path):
    assert checkout_changes(tmp_path) == b""
