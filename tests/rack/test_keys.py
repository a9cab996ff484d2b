"""The client's configuration: every node by name, every host key pinned."""

import shutil
import subprocess
from dataclasses import replace

import pytest

from millwright.rack.keys import client_key, host_key, make_keys, render_ssh_config, ssh_argv

needs_openssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")


def test_the_configuration_names_every_node(plan, golden):
    golden("ssh_config", render_ssh_config(plan))


def as_openssh_reads_it(config, host):
    done = subprocess.run(["ssh", "-G", "-F", str(config), host], check=True, capture_output=True, text=True)
    return dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)


@needs_openssh
def test_openssh_reads_it_as_meant_even_in_an_odd_folder(plan, tmp_path):
    odd = replace(plan, state=tmp_path / "a b 100% 'c")
    odd.state.mkdir()
    make_keys(odd)
    settings = as_openssh_reads_it(odd.ssh_config, "bench-b")
    assert settings["hostname"] == "10.97.113.6"
    assert settings["user"] == "root"
    assert settings["stricthostkeychecking"] == "true"
    assert settings["userknownhostsfile"].strip('"') == str(odd.state / "known_hosts")
    # OpenSSH prints this one before it expands percent signs.
    assert settings["identityfile"].strip('"') == str(client_key(odd)).replace("%", "%%")
    assert settings["controlmaster"] == "false"
    assert settings["identitiesonly"] == "yes"


@needs_openssh
def test_every_host_key_is_pinned_under_name_and_address(plan, tmp_path):
    here = replace(plan, state=tmp_path)
    make_keys(here)
    for name in ("bench-a", "10.97.113.6"):
        found = subprocess.run(
            ["ssh-keygen", "-F", name, "-f", str(tmp_path / "known_hosts")],
            check=True,
            capture_output=True,
            text=True,
        )
        assert "ssh-ed25519" in found.stdout


@needs_openssh
def test_keys_are_private_and_stay_the_same(plan, tmp_path):
    here = replace(plan, state=tmp_path)
    make_keys(here)
    first = client_key(here).read_text(), host_key(here, "bench-a").read_text()
    make_keys(here)
    assert first == (client_key(here).read_text(), host_key(here, "bench-a").read_text())
    for path in (client_key(here), host_key(here, "bench-a"), here.ssh_config, tmp_path / "known_hosts"):
        assert path.stat().st_mode & 0o077 == 0


@needs_openssh
def test_half_a_key_pair_is_made_anew(plan, tmp_path):
    here = replace(plan, state=tmp_path)
    make_keys(here)
    client_key(here).with_name("id_ed25519.pub").unlink()
    make_keys(here)
    assert client_key(here).with_name("id_ed25519.pub").read_text().startswith("ssh-ed25519 ")


def test_a_command_never_becomes_an_option_of_ssh(plan):
    argv = ssh_argv(plan, "bench-a", "-oProxyCommand=reboot")
    assert argv[argv.index("--") + 1 :] == ["bench-a", "-oProxyCommand=reboot"]
