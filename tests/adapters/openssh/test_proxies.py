"""The way to a host as OpenSSH itself has it, for the tools that speak SSH themselves."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from paramiko import SSHConfig

from millwright.adapters.openssh.proxies import client_options, flat_config, is_indirect, proxy_command
from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.core.errors import NotTestableError
from millwright.facility import load_facility

SITE = Path(__file__).resolve().parents[2] / "data/sites/14-proxyjump"


@dataclass(frozen=True)
class End:
    host: str = "gw"
    address: str = "10.0.0.9"
    port: int = 2222
    user: str = "root"


JUMP = "ssh -F /c -o BatchMode=yes"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("proxyjump none", ""),
        ("proxycommand none", ""),
        ("port 22", ""),
        ("proxyjump bastion", f"{JUMP} -W '[10.0.0.9]:2222' -- bastion"),
        ("proxyjump ops@b1:24", f"{JUMP} -l ops -p 24 -W '[10.0.0.9]:2222' -- b1"),
        ("proxyjump b1,ssh://ops@b2:24", f"{JUMP} -J b1 -l ops -p 24 -W '[10.0.0.9]:2222' -- b2"),
        ("proxyjump [2001:db8::1]:24", f"{JUMP} -p 24 -W '[10.0.0.9]:2222' -- 2001:db8::1"),
        ("proxycommand nc -x p %h %p %r %n 5%%", "nc -x p 10.0.0.9 2222 root gw 5%"),
    ],
)
def test_the_command_between(line, command):
    assert proxy_command(client_options(f"hostname x\n{line}\n"), End(), "/c") == command


def test_a_jump_that_is_no_host_is_no_command():
    with pytest.raises(NotTestableError, match="is no host"):
        proxy_command({"proxyjump": ["b1,a/b/c"]}, End(), None)


def facility_with(tmp_path, name):
    text = (SITE / "site.facility.yaml").read_text().replace("ssh_config.jump", str(tmp_path / name))
    (tmp_path / "facility.yaml").write_text(text)
    shutil.copy(SITE / name, tmp_path / name)
    return load_facility(tmp_path / "facility.yaml")


@pytest.mark.parametrize(("name", "jumps"), [("ssh_config.jump", True), ("ssh_config.none", False)])
def test_every_tool_goes_the_same_way(tmp_path, name, jumps):
    facility = facility_with(tmp_path, name)
    target = resolve_target(facility, "gw")
    assert ("bastion" in target.proxy) is jumps
    data = dict(pyinfra_groups(facility, tmp_path / "state")["gateways"])["gw"]
    config = SSHConfig.from_path(data["ssh_config_file"]).lookup("gw")  # as pyinfra reads it
    assert config.get("proxycommand", "") == target.proxy
    assert "proxyjump" not in config
    assert (config["hostname"], int(config["port"])) == (target.address, target.port)


def test_a_flat_file_holds_no_more_than_the_host_needs(tmp_path):
    more = tmp_path / "more"
    more.write_text("Host gw\n  Port 2200\n")
    config = tmp_path / "config"
    config.write_text(f"Include {more}\nMatch host gw\n  User ops\n")
    assert is_indirect(config)
    assert "  Port 2200\n  User ops\n" in flat_config(config, "gw")
    assert "Include" not in flat_config(config, "gw")


def test_a_plain_file_is_left_to_each_tool(tmp_path):
    config = tmp_path / "config"
    config.write_text("Host gw\n  HostName 10.0.0.9\n")
    assert not is_indirect(config)
