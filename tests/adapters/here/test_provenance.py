"""What a run was made with."""

import subprocess

import pytest

from millwright.adapters.here.provenance import VERSIONS_SCRIPT, git_commit, host_facts, read_versions

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "file").write_text("one\n")
    for arguments in (["init", "-q"], ["add", "file"], ["commit", "-qm", "First"]):
        subprocess.run([*GIT, "-C", tmp_path, *arguments], check=True)
    return tmp_path


def test_a_clean_checkout_is_named_by_its_commit(checkout):
    (checkout / "untracked").write_text("")

    assert len(git_commit(checkout)) == 40


def test_a_changed_file_shows(checkout):
    clean = git_commit(checkout)
    (checkout / "file").write_text("two\n")

    assert git_commit(checkout) == f"{clean}-dirty"


def test_outside_of_git_there_is_no_commit(tmp_path):
    assert git_commit(tmp_path) is None


def test_facts_of_this_machine_are_there():
    assert {"name", "system", "kernel", "processor", "cpus", "memory_gib"} <= host_facts().keys()


def test_the_script_finds_the_compiler_of_this_machine():
    output = subprocess.run(["sh", "-c", VERSIONS_SCRIPT], capture_output=True, text=True, check=True).stdout
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout

    assert read_versions(output)["GCC"] == gcc.strip()


def test_lines_that_name_no_version_are_left_out():
    assert read_versions("GCC|14.2.0\nnoise\nMPI|\n") == {"GCC": "14.2.0"}
