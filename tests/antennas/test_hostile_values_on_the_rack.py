"""Facility values that try to break out of a shell, a template or a file, all the way to real hosts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rack_console import Console

from millwright.core.places import product_root

pytestmark = pytest.mark.rack

HOSTS = ("rack-antenna", "rack-login")
MARK = "/tmp/millwright-broke-out"
REFUSED = {
    "name": "ada\nPermitRootLogin yes",
    "principals": ["ada,root", "ada\n@cert-authority *"],
    "gateway_address": "10.92.0.2\n[Peer]\nAllowedIPs = 0.0.0.0/0",
    "administrator_networks": ['10.91.0.0/24"; } table inet x { chain input { policy accept; } }'],
    "reboot_at": f'03:00"; touch {MARK}; #',
}
"""Each would open something, were it written down as it stands."""


@pytest.fixture
def described(tmp_path):
    """A function: the shipped rack with another antenna ``coast``, as a file of its own."""

    def describe(change):
        shipped = product_root() / "inventories/rack"
        data = yaml.safe_load((shipped / "facility.yaml").read_text())
        change(data["antennas"]["coast"])
        shutil.copytree(shipped / "group_vars", tmp_path / "group_vars")
        file = tmp_path / "facility.yaml"
        file.write_text(yaml.safe_dump(data, sort_keys=False))
        return file

    return describe


@pytest.fixture
def consoles(antennas):
    return [Console(antennas, host) for host in HOSTS]


def state_of(consoles):
    """What an attacker would have changed: sshd, packet filter and tunnel as they run, and files."""
    looks = (
        "sshd -T | sort",
        "! command -v nft || nft --stateless list ruleset",
        "wg show all allowed-ips | sort",
        f"ls {MARK} || true",
    )
    return [[console.shell(look) for look in looks] for console in consoles]


def logins(console):
    return console.shell("journalctl -u ssh.service -o cat --no-pager | grep -c '^Accepted' || true").strip()


def apply(file):
    argv = [sys.executable, "-m", "millwright", "antenna", "apply", str(file), "-a", "coast"]
    return subprocess.run(argv, check=False, capture_output=True, text=True)


def test_values_that_would_end_their_line_are_all_refused_before_a_host_is_entered(described, consoles):
    def change(antenna):
        user, tunnel = antenna["users"][0], antenna["tunnel"]
        user |= {key: REFUSED[key] for key in ("name", "principals")}
        tunnel["gateway_address"] = REFUSED["gateway_address"]
        antenna |= {key: REFUSED[key] for key in ("administrator_networks", "reboot_at")}

    before = [logins(console) for console in consoles], state_of(consoles)
    done = apply(described(change))
    assert done.returncode == 2, done.stdout + done.stderr
    for key in REFUSED:
        assert key in done.stderr, done.stderr
    assert ([logins(console) for console in consoles], state_of(consoles)) == before


def test_a_title_that_is_a_command_a_template_and_a_format_stays_a_title(described, consoles):
    """Titles are free text, and go through Ansible, pyinfra and OpenSSH like any other value."""
    touch = f"touch {MARK}"
    title = f"""$({touch})`{touch}`"; {touch}; '{{{{ lookup("pipe", "{touch}") }}}} %h"""
    before = state_of(consoles)
    done = apply(described(lambda antenna: antenna.update(title=title)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert state_of(consoles) == before
    assert not Path(MARK).exists()
