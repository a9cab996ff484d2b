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
LIMITS, KEPT = "/etc/security/limits.d/60-millwright.conf", "/root/60-millwright.conf.kept"
PUT_BACK = f"test -e {LIMITS} || mv {KEPT} {LIMITS}; rm -f {KEPT}"
# What no answer says: slurmrestd's host, and what health and accounting add.
NOT_DISCOVERED = (
    "AuthAlt",
    "SlurmctldTimeout",
    "HealthCheck",
    "Preempt",
    "AccountingStorageTRES",
)


def settings(text):
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return {line for line in lines if line and not line.startswith(("#", *NOT_DISCOVERED))}


def discover(rack, folder):
    """A facility file of the rack, as its Slurm describes it."""
    file = folder / "facility.yaml"
    command = [sys.executable, "-m", "millwright", "facility", "discover", "--from", "rack-login"]
    entry = ["--ssh-config", str(rack.ssh_config), "--ssh-user", "root"]
    options = ["--harness", "rack-login", *entry, "--output", str(file)]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.copytree(ROOT / "inventories/rack/group_vars", folder / "group_vars")
    return file


def test_a_cluster_that_is_discovered_would_keep_its_slurm_conf(provisioned_rack, tmp_path):
    ssh = str(provisioned_rack.ssh_config)
    file = discover(provisioned_rack, tmp_path)

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
    enter = ["ssh", "-F", ssh, "rack-c1"]
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

    subprocess.run([*enter, f"mv {LIMITS} {KEPT}"], check=True)
    try:
        assert not changes()
        file.write_text(text.replace("plugin: facility\n", "plugin: facility\nmanages: [base]\n", 1))
        assert changes()
    finally:
        subprocess.run([*enter, PUT_BACK], check=True)


@pytest.mark.rehearsal
def test_a_discovered_cluster_is_planned_without_a_change_and_then_adopted_role_by_role(
    provisioned_rack, tmp_path
):
    """As docs/how-to/adopt-an-existing-cluster.md has it, by somebody who never provisioned this cluster."""
    file = discover(provisioned_rack, tmp_path)
    with (tmp_path / "group_vars/all.yml").open("a") as variables:
        variables.write("base_manage_hosts: false\n")
    ssh = ["ssh", "-F", str(provisioned_rack.ssh_config), "rack-c2"]

    def millwright(command, *options):
        argv = [sys.executable, "-m", "millwright", command, str(file), "--limit", "rack-c2", "--json"]
        done = subprocess.run(
            [*argv, *options],
            env={**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "tools")},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    try:
        stop = f"mv {LIMITS} {KEPT}; systemctl stop prometheus-node-exporter"
        subprocess.run([*ssh, stop], check=True)
        assert not millwright("plan")["would_change"]
        file.write_text(file.read_text().replace("manages: []", "manages: [base]"))
        tasks = {change["task"] for change in millwright("plan")["changes"]}
        assert tasks
        assert all(task.startswith("base : ") for task in tasks), tasks
        millwright("apply")
        subprocess.run(
            [*ssh, f"test -f {LIMITS} && ! systemctl is-active prometheus-node-exporter"], check=True
        )
        assert not millwright("plan")["would_change"]
    finally:
        subprocess.run([*ssh, f"{PUT_BACK}; systemctl start prometheus-node-exporter"], check=True)
