"""What a run was made with."""

import base64
import hashlib
import subprocess
from importlib.metadata import PathDistribution

import pytest

from millwright.adapters.here.provenance import (
    VERSIONS_SCRIPT,
    WHEEL,
    git_commit,
    host_facts,
    read_versions,
    wheel_version,
)

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "file").write_text("one\n")
    for arguments in (["init", "-q"], ["add", "file"], ["commit", "-qm", "First"]):
        subprocess.run([*GIT, "-C", tmp_path, *arguments], check=True)
    return tmp_path


def test_a_clean_checkout_is_named_by_its_commit(checkout):
    assert len(git_commit(checkout)) == 40


def test_an_untracked_file_shows_unless_git_ignores_it(checkout):
    clean = git_commit(checkout)
    (checkout / ".git/info").mkdir(exist_ok=True)
    (checkout / ".git/info/exclude").write_text("results/\n")
    (checkout / "results").mkdir()
    (checkout / "results/run").write_text("")
    assert git_commit(checkout) == clean
    (checkout / "patched_probe.py").write_text("")
    assert git_commit(checkout) == f"{clean}-dirty"


def test_a_changed_file_shows(checkout):
    clean = git_commit(checkout)
    (checkout / "file").write_text("two\n")

    assert git_commit(checkout) == f"{clean}-dirty"


def test_outside_of_git_there_is_no_commit(tmp_path):
    assert git_commit(tmp_path) is None


def test_a_package_inside_another_repository_has_no_commit(checkout):
    (checkout / "venv/lib/millwright/data").mkdir(parents=True)
    assert git_commit(checkout / "venv/lib/millwright/data") is None


@pytest.fixture
def package(tmp_path):
    """An installed package with two files and its record, as pip leaves it."""
    info = tmp_path / "millwright-0.1.0.dist-info"
    (tmp_path / "millwright/data").mkdir(parents=True)
    info.mkdir()
    record = ["millwright-0.1.0.dist-info/RECORD,,", "millwright/__pycache__/x.pyc,,"]
    for name in ("__init__.py", "data/ansible.cfg"):
        (tmp_path / "millwright" / name).write_text(name)
        digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode().rstrip("=")
        record.append(f"millwright/{name},sha256={digest},{len(name)}")
    (info / "RECORD").write_text("\n".join(record) + "\n")
    return tmp_path


def version_of(package):
    found = PathDistribution(package / "millwright-0.1.0.dist-info")
    return wheel_version(package / "millwright/data", found)[WHEEL]


def test_an_installed_package_is_named_by_what_its_wheel_recorded(package):
    clean = version_of(package)
    assert clean.startswith("sha256:")
    record = package / "millwright-0.1.0.dist-info/RECORD"
    record.write_text("".join(sorted(record.read_text().splitlines(keepends=True), reverse=True)))
    assert version_of(package) == clean


def test_changed_and_missing_files_of_a_package_are_counted(package):
    clean = version_of(package)
    (package / "millwright/data/ansible.cfg").write_text("changed")
    assert version_of(package) == f"{clean}, 1 of its files changed since"
    (package / "millwright/data/ansible.cfg").unlink()
    assert version_of(package) == f"{clean}, 1 of its files changed since"


def test_a_checkout_has_no_wheel(tmp_path):
    assert wheel_version(tmp_path) == {}


def test_facts_of_this_machine_are_there():
    assert {"name", "system", "kernel", "processor", "cpus", "memory_gib"} <= host_facts().keys()


def test_the_script_finds_the_compiler_of_this_machine():
    output = subprocess.run(["sh", "-c", VERSIONS_SCRIPT], capture_output=True, text=True, check=True).stdout
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout

    assert read_versions(output)["GCC"] == gcc.strip()


def test_lines_that_name_no_version_are_left_out():
    assert read_versions("GCC|14.2.0\nnoise\nMPI|\n") == {"GCC": "14.2.0"}
