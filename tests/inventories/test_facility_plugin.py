"""The native reader: ``ansible-inventory -i facility.yaml`` on the shipped facilities and on hostile ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.adapters.ansible.inventory import build_inventory
from millwright.adapters.ansible.stored_inventory import Narrowing, write_inventory
from millwright.facility import load_facility

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


def ansible(command, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "ansible", command, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def listed(facility_file):
    done = ansible("inventory", "-i", facility_file, "--list", "--export")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, object_hook=lambda found: found.get("__ansible_unsafe", found))


@pytest.mark.parametrize("name", ["rack", "workstation"])
def test_the_graph_of_a_shipped_facility_is_the_golden_one(name, golden):
    done = ansible("inventory", "-i", f"inventories/{name}/facility.yaml", "--graph")
    assert done.returncode == 0, done.stderr
    golden(f"{name}.graph", done.stdout)


def test_variables_stand_once_for_all_hosts_and_name_the_file_that_they_came_from():
    found = listed("inventories/rack/facility.yaml")
    variables = found["all"]["vars"]
    assert variables["facility_file"] == str(ROOT / "inventories/rack/facility.yaml")
    assert variables["facility_services"]["controller"] == {"host": "rack-ctl", "address": "10.91.0.10"}
    assert not any(name.startswith("facility_") for name in found["_meta"]["hostvars"].get("rack-c1", {}))


def test_one_host_can_be_asked_for():
    done = ansible("inventory", "-i", "inventories/rack/facility.yaml", "--host", "rack-c2")
    found = json.loads(done.stdout)
    assert found["ansible_host"] == "rack-c2"
    assert found["slurm_controller_proctrack"] == "proctrack/linuxproc"  # group_vars beside the file are read


def test_a_wave_is_told_its_hosts_and_reads_no_facility(tmp_path):
    file = ROOT / "inventories/rack/facility.yaml"
    stored = tmp_path / "inventory.json"
    write_inventory(Narrowing(build_inventory(load_facility(file), file)).to(["rack-c2"]), stored)
    done = ansible("inventory", "-i", file, "--graph", "nodes", MILLWRIGHT_INVENTORY=str(stored))
    assert done.returncode == 0, done.stderr
    assert "rack-c2" in done.stdout
    assert "rack-c1" not in done.stdout
    done = ansible("inventory", "-i", file, "--host", "rack-c2", MILLWRIGHT_INVENTORY=str(stored))
    found = json.loads(done.stdout)
    assert found["slurm_controller_proctrack"] == "proctrack/linuxproc"  # from group_vars beside the facility


def test_hostile_titles_stay_text(tmp_path):
    """Ansible must not run what stands in a title, neither on reading it nor when a template inserts it."""
    mark = tmp_path / "mark"
    done = ansible(
        "playbook",
        "-i",
        HERE / "cases/hostile.facility.yaml",
        HERE / "cases/show.yml",
        HOSTILE_MARK=str(mark),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not mark.exists()
    text = " ".join(done.stdout.split())
    assert "touch" in text
    assert "{% raw %} <script>$(id)</script>" in text
    assert "{{ 7 * 7 }}/ssh_config" in text


def test_the_mark_would_be_made_if_titles_were_templates(tmp_path):
    """Proves that the test above can fail: the same text as a trusted template does run."""
    mark = tmp_path / "mark"
    template = (
        "{{ lookup('ansible.builtin.pipe', 'touch ' ~ lookup('ansible.builtin.env', 'HOSTILE_MARK')) }}"
    )
    playbook = tmp_path / "trusting.yml"
    task = {"ansible.builtin.debug": {"msg": template}}
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    ansible("playbook", "-i", "localhost,", playbook, HOSTILE_MARK=str(mark))
    assert mark.exists()


def test_every_problem_stands_in_the_error():
    done = ansible("inventory", "-i", HERE / "cases/refused.facility.yaml", "--graph")
    assert done.returncode != 0
    text = " ".join(done.stderr.split())
    assert "host 'nodes' has the name of a group" in text
    assert "'root' is a user or group of the system" in text
    assert "account 'mwbench' belongs to the administrators" in text
    assert "antennas name 51820, 51821" in text


@pytest.mark.parametrize("name", ["hosts.yaml", "facility.yaml.bak", "facility.json"])
def test_other_files_are_not_taken_for_facilities(tmp_path, name):
    (tmp_path / name).write_bytes((ROOT / "inventories/workstation/facility.yaml").read_bytes())
    assert ansible("inventory", "-i", tmp_path / name, "--graph").returncode != 0


def test_ansible_can_explain_the_plugin():
    done = ansible("doc", "-t", "inventory", "facility")
    assert done.returncode == 0, done.stderr
    assert "facility.yaml" in done.stdout
