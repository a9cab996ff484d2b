"""A PATH of a bare Debian's programs and the declared ones."""

import os
import subprocess
import sys

import pytest

PRINTED = "\n".join(
    "\t".join(fields)
    for fields in (
        ("coreutils", "coreutils", "yes", "required", "installed", "libc6 (>= 2.36), , "),
        ("libc6", "libc6:amd64", "no", "optional", "installed", ", libgcc-s1"),
        ("libgcc-s1", "libgcc-s1:amd64", "no", "optional", "installed", ", "),
        ("mawk", "mawk", "no", "required", "installed", ", "),
        ("apt", "apt", "no", "important", "installed", ", gpgv | gpgv2, adduser"),
        ("gpgv", "gpgv", "no", "important", "installed", ", "),
        ("nftables", "nftables", "no", "important", "installed", ", libc6"),
        ("nginx", "nginx", "no", "optional", "installed", ", coreutils"),
        ("bash", "bash", "yes", "required", "config-files", ", "),
    )
)


@pytest.fixture
def bare_path(load_setup):
    return load_setup("bare_path")


def test_bare_is_what_every_debian_has_and_what_that_depends_on(bare_path):
    installed = bare_path.read_packages(PRINTED)
    assert bare_path.bare_packages(installed) == {"coreutils", "libc6", "libgcc-s1", "mawk", "apt", "gpgv"}
    assert installed["libc6"].listed_as == "libc6:amd64"


def test_only_files_in_program_folders_are_programs(bare_path):
    files = ["/bin/ls", "/usr/sbin/nginx", "/usr/share/doc/ls/README", "/usr/lib/apt/apt-helper", "/usr/bin"]
    assert bare_path.program_names(files) == {"ls", "nginx"}


def test_the_folder_holds_what_it_should_and_nothing_else(bare_path, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "nft", "reboot"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    folder = tmp_path / "path"
    bare_path.fill(folder, ["sh", "nft", "not-installed"], path=str(programs))
    assert sorted(path.name for path in folder.iterdir()) == ["nft", "python3", "sh"]


def test_python_in_the_folder_is_the_one_in_use_and_makes_environments_that_outlive_it(bare_path, tmp_path):
    bare_path.fill(tmp_path / "path", [])
    done = subprocess.run(
        ["python3", "-c", "import sys; print(sys.executable)"],
        env={"PATH": str(tmp_path / "path")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == sys.executable


@pytest.mark.skipif(not os.path.exists("/var/lib/dpkg/status"), reason="no Debian")  # noqa: PTH110
def test_this_machines_bare_programs_are_found_by_dpkg(bare_path):
    names = bare_path.list_bare_programs()
    assert {"ls", "sh", "sed", "dpkg", "apt-get", "awk"} <= names
    assert not {"nft", "nginx", "gcc", "git", "python3"} & names
