"""The rack that ships: seven hosts, reached as any host would be."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.rack


def test_every_node_answers_plain_openssh_under_its_own_name(rack):
    for node in rack.nodes:
        argv = [
            "ssh",
            "-F",
            str(rack.ssh_config),
            "-o",
            "BatchMode=yes",
            node.name,
            "hostname; cat /etc/debian_version",
        ]
        name, version = subprocess.run(
            argv, check=True, capture_output=True, text=True, timeout=30
        ).stdout.split()
        assert name == node.name
        assert version.startswith("13")


def test_up_on_the_running_rack_does_nothing(rack):
    done = subprocess.run(
        [sys.executable, "-m", "millwright", "rack", "up"],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "nothing was done" in done.stdout
