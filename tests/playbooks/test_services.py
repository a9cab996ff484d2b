"""What is rendered where a service has several hosts, and which hosts become what."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.adapters.ansible.inventory import build_inventory
from millwright.facility import load_facility

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FACILITY = HERE / "cases/services.facility.yaml"
NAMES = (
    "slurm_controller/slurm.conf.j2",
    "slurm_database/slurmdbd.conf.j2",
    "slurm_configless/service.conf.j2",
    "slurm_controller:slurm_controller_state",
    "slurm_database:slurm_database_standby",
    "time:time_servers",
)


def rendered(host, home):
    done = subprocess.run(
        [sys.executable, HERE / "render.py", FACILITY, host, *NAMES],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def on_the_backup(tmp_path_factory):
    return rendered("db2", tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("template", NAMES[:3])
def test_template(on_the_backup, template, golden):
    golden(f"services/{Path(template).stem}", on_the_backup[template])


def test_a_backup_reads_its_own_copy_and_the_record_of_jobs_is_shared(on_the_backup):
    assert on_the_backup["slurm_database:slurm_database_standby"] is True
    assert on_the_backup["slurm_controller:slurm_controller_state"] == "/shared/slurm/state"
    assert [each["host"] for each in on_the_backup["time:time_servers"]] == ["ctl1", "ctl3", "ctl2"]


def test_every_host_is_in_the_groups_of_its_services():
    groups = build_inventory(load_facility(FACILITY), FACILITY).groups
    assert groups["backup_controller"] == ("ctl3", "ctl2")
    assert groups["login"] == ("login1", "login2")
    assert groups["backup_database"] == ("db2",)
    assert groups["harness"] == ("bench",)
    assert {"db2", "login2", "ctl2", "api"} <= set(groups["managed"])
