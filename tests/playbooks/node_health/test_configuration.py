"""What a node is told to expect of itself, from the facility alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent.parent
ROOT = HERE.parents[1]


def expected_of(host):
    template = "node_health/node-health.json.j2"
    done = subprocess.run(
        [sys.executable, HERE / "render.py", HERE / "cases/factory.facility.yaml", host, template],
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(json.loads(done.stdout)[template])


def test_a_node_expects_the_hardware_of_its_class():
    found = expected_of("m1")
    assert (found["node"], found["cpus"], found["memory_mib"]) == ("m1", 96, 1_500_000)
    assert found["accelerators"] == {"part": "mi300x", "count": 8, "vendor": "AMD"}
    assert found["services"] == ["munge"]
    assert found["resume_after_good_runs"] is None


def test_hardware_threads_count_as_processors_and_fabric_and_file_systems_are_expected():
    found = expected_of("g001")
    assert found["cpus"] == 224
    assert found["accelerators"]["vendor"] == "NVIDIA"
    assert isinstance(found["rdma_devices"], list)
    assert found["min_free_percent"] == {"/": 5, "/tmp": 5}
