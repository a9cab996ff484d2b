"""The rack, described by its own Slurm, makes the slurm.conf that it has: adopting it changes nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.rack

ROOT = Path(__file__).resolve().parents[2]
# What no answer says: slurmrestd's host, the switches, and what health and accounting add.
NOT_DISCOVERED = (
    "AuthAlt",
    "Topology",
    "SlurmctldTimeout",
    "HealthCheck",
    "Preempt",
    "AccountingStorageTRES",
)


def settings(text):
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return {line for line in lines if line and not line.startswith(("#", *NOT_DISCOVERED))}


def test_a_cluster_that_is_discovered_would_keep_its_slurm_conf(provisioned_rack, tmp_path):
    ssh = str(provisioned_rack.ssh_config)
    file = tmp_path / "facility.yaml"
    command = [sys.executable, "-m", "millwright", "facility", "discover", "--from", "rack-login"]
    options = ["--harness", "rack-login", "--ssh-config", ssh, "--ssh-user", "root", "--output", str(file)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.copytree(ROOT / "inventories/rack/group_vars", tmp_path / "group_vars")

    template = "slurm_controller/slurm.conf.j2"
    done = subprocess.run(
        [sys.executable, ROOT / "tests/playbooks/render.py", file, "rack-ctl", template],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rendered = json.loads(done.stdout)[template]
    live = subprocess.run(
        ["ssh", "-F", ssh, "rack-ctl", "cat /etc/slurm/slurm.conf"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert any(line.startswith("NodeName=") for line in settings(live))
    assert settings(rendered) == settings(live)


def test_an_adopted_cluster_is_changed_by_no_role_that_was_not_named(provisioned_rack, tmp_path):
    file = tmp_path / "facility.yaml"
    text = (ROOT / "inventories/rack/facility.yaml").read_text()
    file.write_text(text.replace("plugin: facility\n", "plugin: facility\nmanages: []\n", 1))
    shutil.copytree(ROOT / "inventories/rack/group_vars", tmp_path / "group_vars")
    ssh = str(provisioned_rack.ssh_config)
    subprocess.run(["ssh", "-F", ssh, "rack-c1", "rm /etc/security/limits.d/60-millwright.conf"], check=True)
    playbook = [sys.executable, "-m", "ansible", "playbook", "-i", str(file), "playbooks/base.yml"]

    def changes():
        done = subprocess.run(
            [*playbook, "--limit", "rack-c1", "--tags", "base"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return "changed=1" in done.stdout.rpartition("PLAY RECAP")[2]

    assert not changes()
    file.write_text(text.replace("plugin: facility\n", "plugin: facility\nmanages: [base]\n", 1))
    assert changes()
