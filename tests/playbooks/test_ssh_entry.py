"""Who enters which host, as sshd and PAM are told it: by the kind of host, directory and administrators."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
RACK = ROOT / "inventories/rack/facility.yaml"
SOFTWARE = HERE / "cases/software.facility.yaml"
NAMES = ("ssh_entry/sshd.conf.j2", "ssh_entry/pam.j2")


def render(facility, host):
    done = subprocess.run(
        [sys.executable, HERE / "render.py", facility, host, *NAMES],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return tuple(json.loads(done.stdout).values())


@pytest.mark.parametrize("host", ["rack-login", "rack-c1", "rack-ctl"])
def test_each_kind_of_host(host, golden):
    golden(f"entry/{host}.conf", render(RACK, host)[0])


def test_a_directory_adds_administrators_and_its_own_ways_in(golden, tmp_path):
    """Keys in homes and passwords count only where the facility says so, and never for users of antennas."""
    groups = "  login_groups: [ai-users]"
    ways = "  administrator_groups: [ai-admins]\n  ssh_keys: home\n  passwords: checked"
    text = SOFTWARE.read_text().replace(groups, f"{groups}\n{ways}")
    file = tmp_path / "facility.yaml"
    file.write_text(text + "\nentry: {administrators: [ops], forwards: ['jupyter:443']}\n")
    (tmp_path / "directory-ca.pem").write_text((SOFTWARE.parent / "directory-ca.pem").read_text())
    golden("entry/directory-login.conf", render(file, "login")[0])


def test_pam_takes_every_administrator_past_the_question_about_jobs():
    """Each jump ends behind the last line, also where the module that decides is missing."""
    lines = [line for line in render(RACK, "rack-c1")[1].splitlines() if line.startswith("account")]
    jumps = [int(re.search("default=([0-9]+)", line)[1]) for line in lines[:-1]]
    assert jumps == [len(lines) - number for number in range(1, len(lines))]
    assert all(line.split()[1] == "[success=ignore" for line in lines[:-1])
    assert lines[-1] == "account required pam_slurm.so"
