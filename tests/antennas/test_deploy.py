"""The whole deploy on pyinfra's fake host: it runs in order, and stops where the gateway misbehaves."""

import json
import os
import subprocess
import sys

import pytest

from millwright.antennas.gateway.sshd import expected_for_jump
from millwright.antennas.ssh.private_files import write_whole
from millwright.antennas.trust.prepared import write_factory_trust
from millwright.core.places import product_root
from millwright.facility import load_facility

pytestmark = pytest.mark.tools

STEPS = 32
GATEWAY_KEY = "WtK4FszKYkaa/Kg4bl6aZi3aR8iyaV/yrdBaxCshIQY="
FACTORY_KEY = "YpH9G5selcu6Q5qw9TmqdiQUsnwxFTptn8gwW+x6N/w="

INVENTORY = """
from pathlib import Path
from millwright.facility import load_facility
from millwright.adapters.pyinfra.inventory import pyinfra_groups

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
    for host in ("rack-antenna", "rack-antenna2"):
        write_whole(tmp_path / "hosts" / host / "ssh_host_ed25519_key-cert.pub", "a certificate\n")
    facility_file = product_root() / "inventories" / "rack" / "facility.yaml"
    write_factory_trust(load_facility(facility_file), facility_file, tmp_path)
    (tmp_path / "wireguard").mkdir()
    (tmp_path / "wireguard" / "factory.pub").write_text(FACTORY_KEY + "\n")

    (tmp_path / "bin").mkdir()
    ssh = tmp_path / "bin" / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/entered\n')
    ssh.chmod(0o755)

    def run(responses, *options):
        facility = product_root() / "inventories" / "rack" / "facility.yaml"
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
        environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
        return subprocess.run(
            arguments, capture_output=True, text=True, check=False, cwd=product_root(), env=environment
        )

    return run


def answers(**change):
    sshd = "\n".join(f"{key} {value}" for key, value in (expected_for_jump("10.92.0.1") | change).items())
    return {"wg pubkey": GATEWAY_KEY, "sshd -T": sshd, "uname -s": "Linux", "-v useradd": "/usr/sbin/useradd"}


def test_every_step_of_the_deploy_runs(deploy, tmp_path):
    done = deploy(answers(), "-y")
    result = json.loads(done.stdout)["results"]
    assert (done.returncode, result["totals"]["error"]) == (0, 0)
    names = [operation["name"] for operation in result["operations"]]
    assert all(name.rpartition(" | ")[2].startswith("Ensure ") for name in names)
    assert len(names) == len(set(names)) == STEPS
    assert (tmp_path / "wireguard" / "coast.pub").read_text() == GATEWAY_KEY + "\n"


def test_what_could_lock_us_out_is_confirmed_by_entering_anew(deploy, tmp_path):
    assert deploy(answers(), "-y").returncode == 0
    entered = (tmp_path / "entered").read_text().splitlines()
    assert sorted(line.rpartition(" ")[2] for line in entered) == ["nftables"] * 2 + ["sshd"] * 2
    assert all("ControlPath=none" in line and "/guard confirm " in line for line in entered)


def test_where_nobody_gets_in_anew_the_run_stops(deploy, tmp_path):
    (tmp_path / "bin" / "ssh").write_text("#!/bin/sh\necho refused >&2; exit 255\n")
    done = deploy(answers(), "-y")
    assert done.returncode != 0
    assert "no login is possible after the change of sshd: refused" in done.stdout + done.stderr


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
