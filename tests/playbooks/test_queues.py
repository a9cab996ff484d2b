"""What slurm.conf, gres.conf and topology.conf say of queues, blocks, shared devices and awkward names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FACILITY = HERE / "cases/queues.facility.yaml"
TEMPLATES = tuple(f"slurm_controller/{name}.conf.j2" for name in ("slurm", "gres", "topology"))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, HERE / "render.py", FACILITY, "ctl", *TEMPLATES],
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "HOME": str(tmp_path_factory.mktemp("home")),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("template", TEMPLATES)
def test_template(rendered, template, golden):
    golden(f"queues/{Path(template).stem}", rendered[template])


def test_a_facility_with_queues_has_no_other_slurm_partition(rendered):
    lines = rendered["slurm_controller/slurm.conf.j2"].splitlines()
    names = [line.split(" ")[0] for line in lines if line.startswith("PartitionName=")]
    assert names == [f"PartitionName={name}" for name in ("batch", "long", "gpu", "all")]
