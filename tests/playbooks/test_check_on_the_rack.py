"""Checks on hosts that lack what a role builds on: they say what can't be seen, and do not fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.rack

ROOT = Path(__file__).resolve().parents[2]
NVIDIA = {"part": "h100_sxm", "count": 2, "partitioning": {"mig": {"3g.40gb": 1, "1g.10gb": 3}}}
AMD = {"part": "mi300x", "count": 8, "partitioning": {"compute": "CPX", "memory": "NPS4"}}
CVMFS = "/etc/cvmfs"


@pytest.fixture
def check(provisioned_rack, tmp_path):
    """What ``ansible-playbook --check --diff`` says of one role on a node of a facility that was changed."""

    def run(playbook, role, change):
        facility = yaml.safe_load((ROOT / "inventories/rack/facility.yaml").read_text())
        change(facility)
        (tmp_path / "facility.yaml").write_text(yaml.safe_dump(facility, sort_keys=False))
        shutil.copytree(ROOT / "inventories/rack/group_vars", tmp_path / "group_vars", dirs_exist_ok=True)
        options = ["--limit", "rack-c1", "--tags", role, "--check", "--diff"]
        argv = [sys.executable, "-m", "ansible", "playbook", "-i", str(tmp_path / "facility.yaml"), *options]
        done = subprocess.run(
            [*argv, f"playbooks/{playbook}.yml"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def accelerated(accelerators):
    def change(facility):
        facility["node_classes"]["virtual-cpu"]["accelerators"] = accelerators

    return change


def test_without_the_driver_of_nvidia_a_check_says_what_it_cannot_see(check):
    told = " ".join(check("slurm", "nvidia", accelerated(NVIDIA)).split())
    assert "Could not find the requested service nvidia-persistenced" in told
    assert "how accelerators are divided can't be seen" in told
    assert "changed=0" in told


def test_without_the_driver_of_amd_a_check_says_what_it_cannot_see(check):
    told = " ".join(check("slurm", "amd", accelerated(AMD)).split())
    assert "how accelerators are divided can't be seen" in told
    assert "changed=0" in told


def test_a_check_of_eessi_shows_its_settings_and_writes_none(check, provisioned_rack):
    ssh = ["ssh", "-F", str(provisioned_rack.ssh_config), "rack-c1"]
    subprocess.run([*ssh, f"mkdir -p {CVMFS}/domain.d"], check=True)  # as the client's package leaves it
    try:
        told = check(
            "software",
            "eessi",
            lambda facility: facility["software"].update(eessi={"proxies": ["http://squid1:3128"]}),
        )
        assert "CVMFS_HTTP_PROXY" in told
        assert "http://squid1:3128" in told
        left = subprocess.run([*ssh, f"find {CVMFS} -type f"], capture_output=True, text=True, check=True)
        assert left.stdout == ""
    finally:
        subprocess.run([*ssh, f"rm -r {CVMFS}"], check=True)
