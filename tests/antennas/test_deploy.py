"""The whole deploy on pyinfra's fake host: it runs in order, and stops where the gateway misbehaves."""

import json
import subprocess
import sys

import pytest

from millwright.antennas.certificates import ensure_user_ca
from millwright.antennas.gateway_sshd import expected_for_jump
from millwright.facility.places import checkout

pytestmark = pytest.mark.tools

GATEWAY_KEY = "WtK4FszKYkaa/Kg4bl6aZi3aR8iyaV/yrdBaxCshIQY="
FACTORY_KEY = "YpH9G5selcu6Q5qw9TmqdiQUsnwxFTptn8gwW+x6N/w="

INVENTORY = """
from pathlib import Path
from millwright.facility import load_facility
from millwright.readers.pyinfra_inventory import pyinfra_groups

_facility = load_facility(Path("{facility}"))
_groups = pyinfra_groups(_facility, Path("{state}"))
gateways = [
    ("@fake/" + host, dict(data, fake_delay=0, fake_delay_jitter=0, fake_responses={responses!r}))
    for host, data in _groups["gateways"]
]
"""


@pytest.fixture
def deploy(tmp_path):
    """Run ``antennas/deploy.py`` against a fake gateway that answers as given."""
    ensure_user_ca(tmp_path)
    (tmp_path / "wireguard").mkdir()
    (tmp_path / "wireguard" / "factory.pub").write_text(FACTORY_KEY + "\n")

    def run(responses, *options):
        facility = checkout() / "inventories" / "rack" / "facility.yaml"
        inventory = tmp_path / "fake.py"
        inventory.write_text(INVENTORY.format(facility=facility, state=tmp_path, responses=responses))
        arguments = [
            sys.executable,
            "-m",
            "pyinfra",
            "--json",
            *options,
            str(inventory),
            "antennas/deploy.py",
        ]
        return subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=checkout())

    return run


def answers(**change):
    sshd = "\n".join(f"{key} {value}" for key, value in (expected_for_jump("10.92.0.1") | change).items())
    return {"wg pubkey": GATEWAY_KEY, "sshd -T": sshd, "uname -s": "Linux", "-v useradd": "/usr/sbin/useradd"}


def test_every_step_of_the_deploy_runs(deploy, tmp_path):
    done = deploy(answers(), "-y")
    result = json.loads(done.stdout)["results"]
    assert (done.returncode, result["totals"]["error"]) == (0, 0)
    names = [operation["name"] for operation in result["operations"]]
    assert all(name.startswith("Ensure ") for name in names)
    assert len(names) == len(set(names)) == 15
    assert (tmp_path / "wireguard" / "coast.pub").read_text() == GATEWAY_KEY + "\n"


def test_a_dry_run_changes_nothing_here_either(deploy, tmp_path):
    done = deploy(answers(), "--dry")
    assert done.returncode == 0
    assert json.loads(done.stdout)["results"] is None
    assert not (tmp_path / "wireguard" / "coast.pub").exists()


@pytest.mark.parametrize("key", ["", "{{ lookup('pipe', 'id') }}", GATEWAY_KEY + "\nAllowedIPs = 0.0.0.0/0"])
def test_a_gateway_that_sends_no_key_publishes_nothing(deploy, tmp_path, key):
    done = deploy({**answers(), "wg pubkey": key.replace("\n", " ")}, "-y")
    assert done.returncode != 0
    assert not (tmp_path / "wireguard" / "coast.pub").exists()


def test_a_setting_that_another_file_overrides_stops_the_run(deploy):
    done = deploy(answers(permitopen="any"), "-y")
    assert done.returncode != 0
    assert "permitopen is 'any'" in done.stdout + done.stderr


def test_without_the_factorys_key_nothing_is_begun(deploy, tmp_path):
    (tmp_path / "wireguard" / "factory.pub").unlink()
    done = deploy(answers(), "-y")
    assert done.returncode != 0
    assert "antenna_peer" in done.stderr
