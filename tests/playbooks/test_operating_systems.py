"""What differs between operating systems: files complete, packages named, configuration rendered."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
ROLES = ROOT / "playbooks/roles"
SYSTEMS = ("debian-12", "debian-13", "el-9", "sles-15")
FACTS = {
    "debian-12": {"distribution": "Debian", "distribution_major_version": "12", "os_family": "Debian"},
    "debian-13": {"distribution": "Debian", "distribution_major_version": "13", "os_family": "Debian"},
    "el-9": {"distribution": "Rocky", "distribution_major_version": "9", "os_family": "RedHat"},
    "sles-15": {"distribution": "SLES", "distribution_major_version": "15", "os_family": "Suse"},
}
RENDERED = (
    "time/chrony.conf.j2",
    "time/options.j2",
    "mpi/openmpi-mca-params.conf.j2",
    "time:time_system",
    "mpi:mpi_system",
    "ssh_hosts:ssh_hosts_system",
    "nfs_server:nfs_server_system",
    "riscv:riscv_system",
    "directory:directory_system",
    "packages:packages_wanted",
)
DIFFERING = sorted(path.parent.parent for path in ROLES.glob("*/vars/debian-13.yml"))
TABLE = yaml.safe_load((ROLES / "packages/defaults/main.yml").read_text())["packages_by_group"]


def of_system(role, system):
    return yaml.safe_load((role / "vars" / f"{system}.yml").read_text())[f"{role.name}_system"]


@pytest.mark.parametrize("role", DIFFERING, ids=lambda role: role.name)
def test_a_role_that_differs_says_the_same_things_of_every_system(role):
    keys = {system: set(of_system(role, system)) for system in SYSTEMS}
    assert set(map(frozenset, keys.values())) == {frozenset(keys["debian-13"])}
    assert "operating_system" in (role / "meta/main.yml").read_text()


@pytest.mark.parametrize("system", ["el-9", "sles-15"])
def test_every_package_is_named_for_systems_with_other_names(system):
    """What was added to the table has a name there too, or ``[]`` where that system has or needs none."""
    names = of_system(ROLES / "packages", system)["names"]
    assert {name for members in TABLE.values() for name in members} <= set(names)


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_name_is_kept_for_a_package_that_nobody_needs(system):
    names = of_system(ROLES / "packages", system)["names"]
    assert set(names) <= {name for members in TABLE.values() for name in members}


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_has_its_way_to_install(system):
    manager = of_system(ROLES / "packages", system)["manager"]
    assert (ROLES / "packages/tasks" / f"{manager}.yml").exists()


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_rendered_for_each_system(system, golden):
    done = subprocess.run(
        [sys.executable, HERE / "render.py", HERE / "cases/factory.facility.yaml", "g001", *RENDERED],
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "RENDER_FACTS": json.dumps(
                FACTS[system] | {"distribution_version": "0", "architecture": "x86_64"}
            ),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    golden(f"systems/{system}.json", json.dumps(json.loads(done.stdout), indent=1) + "\n")
