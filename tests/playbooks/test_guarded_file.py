"""A change of sshd goes through the guard: only a real one, and none where the guard says no."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parents[2] / "playbooks/library/guarded_file.py"
GUARD = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/said"
[ ! -e "$(dirname "$0")/refuse" ] || { echo "sshd says no" >&2; exit 255; }
mv "$3.new" "$3"
"""


@pytest.fixture
def host(tmp_path):
    """A host with one file and a guard that does as it is told; ``run`` starts the module as Ansible does."""
    (tmp_path / "guard").write_text(GUARD)
    (tmp_path / "guard").chmod(0o755)

    class Host:
        file, pending = tmp_path / "60-millwright.conf", tmp_path / "pending"

        def run(self, content, kind="sshd", **internal):
            given = {
                "kind": kind,
                **{"path": str(self.file), "content": content, "seconds": 8},
                **{"guard": str(tmp_path / "guard"), "pending": str(self.pending)},
                **{f"_ansible_{name}": value for name, value in internal.items()},
            }
            done = subprocess.run(
                [sys.executable, MODULE],
                input=json.dumps({"ANSIBLE_MODULE_ARGS": given}),
                capture_output=True,
                text=True,
                check=False,
            )
            return json.loads(done.stdout)

        @property
        def said(self):
            return (tmp_path / "said").read_text() if (tmp_path / "said").exists() else ""

    return Host()


def test_a_new_file_goes_through_the_guard_and_waits(host):
    found = host.run("A yes\n")
    assert (found["changed"], found["waits"]) == (True, True)
    assert host.file.read_text() == "A yes\n"
    assert host.said == f"try sshd {host.file} 8\n"
    assert found["diff"]["before"] == ""


def test_a_file_that_is_as_described_is_left_alone(host):
    host.file.write_text("A yes\n")
    assert host.run("A yes\n") | {"invocation": 0} == {"changed": False, "waits": False, "invocation": 0}
    assert host.said == ""


def test_rules_of_pam_wait_by_themselves(host):
    """An unconfirmed change of sshd is no reason to change PAM again."""
    host.file.write_text("A yes\n")
    (host.pending / "sshd").mkdir(parents=True)
    (host.pending / "sshd" / "file").write_text("another file\n")
    assert host.run("A yes\n", kind="pam")["changed"] is False
    assert host.run("A no\n", kind="pam")["waits"] is True
    assert host.said == f"try pam {host.file} 8\n"


def test_what_a_killed_run_left_unconfirmed_is_tried_anew(host):
    """The host will take it back: found as described, it would be gone a moment later."""
    host.file.write_text("A yes\n")
    (host.pending / "sshd").mkdir(parents=True)
    (host.pending / "sshd" / "file").write_text(f"{host.file}\n")
    assert host.run("A yes\n")["waits"] is True
    assert host.said.startswith("try sshd")


def test_a_check_shows_the_lines_and_changes_nothing(host):
    host.file.write_text("A yes\n")
    found = host.run("A no\n", check_mode=True)
    assert (found["changed"], found["waits"]) == (True, False)
    assert (found["diff"]["before"], found["diff"]["after"]) == ("A yes\n", "A no\n")
    assert (host.file.read_text(), host.said) == ("A yes\n", "")
    assert list(host.file.parent.glob("*.new")) == []


def test_what_the_guard_refuses_fails_with_its_words(host):
    host.file.write_text("A yes\n")
    (host.file.parent / "refuse").touch()
    found = host.run("nonsense\n")
    assert found["failed"]
    assert found["msg"].endswith("sshd goes on as before: sshd says no")
    assert host.file.read_text() == "A yes\n"
