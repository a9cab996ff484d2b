"""A user's files: what they say, and that no path can make OpenSSH read something else."""

import datetime
import subprocess
from pathlib import Path

import pytest
import yaml

from millwright.antennas.ssh.host_keys import SshTarget
from millwright.antennas.user.files import (
    REST_PORT,
    UserAccess,
    ensure_user_access,
    known_hosts_text,
    ssh_config_text,
    way_of,
)
from millwright.core.errors import BadInputError, NotTestableError
from millwright.core.places import product_root

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
GATEWAY_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHe5fZ0tSc1RmMREFgRZNQljlS0SQHR2hANXl+UQjUCu"
LOGIN_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAPtOh2eJT5VmNR7zziSZzao+eE6VemrVEIuWDSYUJRm"


def access_in(folder):
    gateway = SshTarget("rack-antenna", "10.91.0.41", 2222, "root", (), True, (), ())
    return UserAccess(
        antenna="coast",
        user="ada",
        key=folder / "id_ed25519",
        certificate=folder / "id_ed25519-cert.pub",
        known_hosts=folder / "known_hosts",
        config=folder / "ssh_config",
        gateway=gateway,
        factory_address="10.92.0.1",
    )


def effective(config, alias):
    printed = subprocess.run(
        ["ssh", "-G", "-F", config, alias], capture_output=True, text=True, check=True
    ).stdout
    return dict(line.partition(" ")[::2] for line in printed.splitlines())


def test_the_configuration_reads_as_expected(golden):
    golden("ssh_config", ssh_config_text(access_in(Path("/home/admin/.local/state/millwright/rack"))))


def test_known_hosts_reads_as_expected(golden):
    pinned = {"10.91.0.41": (GATEWAY_KEY,), "10.91.0.11": (LOGIN_KEY,), "10.92.0.1": (LOGIN_KEY,)}
    golden("known_hosts", known_hosts_text(pinned))


@pytest.mark.parametrize(
    "name",
    ["plain", "with space", "100%h %u", "$(touch x)", "`id`", "a;b", "#no comment", "é", "'quoted'", "~ada"],
)
def test_openssh_reads_hostile_paths_as_they_are(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    access = access_in(folder)
    access.config.write_text(ssh_config_text(access))
    options = effective(access.config, "factory")
    assert options["identityfile"].replace("%%", "%") == str(access.key)
    assert options["certificatefile"].replace("%%", "%") == str(access.certificate)
    assert options["userknownhostsfile"].replace("%%", "%").strip('"') == str(access.known_hosts)


@pytest.mark.parametrize("name", ['a"b', "a\\b", "${HOME}", "line\nProxyCommand id", "tab\tbed"])
def test_paths_that_openssh_cannot_express_are_refused(name):
    with pytest.raises(BadInputError):
        ssh_config_text(access_in(Path("/state") / name))


def test_openssh_takes_only_the_certificate_and_only_pinned_hosts(tmp_path):
    access = access_in(tmp_path)
    access.config.write_text(ssh_config_text(access))
    factory, gateway = effective(access.config, "factory"), effective(access.config, "gateway")
    assert (factory["user"], factory["hostname"], factory["proxyjump"]) == ("ada", "10.92.0.1", "gateway")
    assert (gateway["user"], gateway["hostname"], gateway["port"]) == ("jump", "10.91.0.41", "2222")
    for options in (factory, gateway):
        assert options["stricthostkeychecking"] == "true"
        assert options["identitiesonly"] == "yes"
        assert options["identityagent"] == "none"
        assert options["forwardagent"] == "no"
        assert options["globalknownhostsfile"] == "none"


@pytest.fixture
def ensure(tmp_path, facility_with):
    """Write the files of ``coast``'s users, with the rack's host keys pinned as the rack pins them."""
    (tmp_path / "pinned").write_text(
        f"rack-antenna,10.91.0.41 {GATEWAY_KEY}\nrack-login,10.91.0.11 {LOGIN_KEY}\n"
    )
    (tmp_path / "admin_config").write_text(f"Host *\n UserKnownHostsFile {tmp_path}/pinned\n")

    def change(data):
        data["ssh"]["config"] = str(tmp_path / "admin_config")
        data["antennas"]["coast"]["users"].append({"name": "grace", "account": "coast"})

    facility = facility_with(change)
    return lambda user, now=NOW: ensure_user_access(
        facility, "coast", user, state=tmp_path / "state", now=now
    )


def test_the_way_to_slurmrestd_is_the_one_where_it_listens(ensure, facility_with):
    defaults = product_root() / "playbooks" / "roles" / "slurm_rest" / "defaults" / "main.yml"
    assert yaml.safe_load(defaults.read_text())["slurm_rest_port"] == REST_PORT
    assert way_of(facility_with(), ensure("ada")).rest == ("10.91.0.12", REST_PORT)
    without = facility_with(lambda data: data["services"].pop("rest"))
    assert way_of(without, ensure("ada")).rest is None


def test_every_user_gets_files_of_their_own_and_the_first_stands_for_the_antenna(ensure, tmp_path):
    ada, grace = ensure("ada"), ensure("grace")
    antenna = tmp_path / "state" / "antennas" / "coast"
    assert ada.config == antenna / "users" / "ada" / "ssh_config"
    assert (antenna / "ssh_config").read_text() == ada.config.read_text() != grace.config.read_text()
    assert "User grace" in grace.config.read_text()


def test_the_logins_host_key_is_pinned_under_its_tunnel_address(ensure):
    lines = ensure("ada").pinned.read_text().splitlines()
    assert f"10.92.0.1 {LOGIN_KEY}" in lines
    assert f"10.91.0.41 {GATEWAY_KEY}" in lines


def test_users_know_the_host_ca_and_no_single_key(ensure, tmp_path):
    (line,) = ensure("ada").known_hosts.read_text().splitlines()
    key = (tmp_path / "state" / "ca" / "host_ca.pub").read_text().split()[1]
    assert line == f"@cert-authority 10.91.0.41,10.92.0.1 ssh-ed25519 {key}"


def test_nothing_is_readable_by_others_and_a_second_run_changes_nothing(ensure, tmp_path):
    ensure("ada")
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    private = [path for path in files if path.suffix != ".pub"]
    assert {path.stat().st_mode & 0o077 for path in private} == {0}
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in files}
    ensure("ada", NOW + datetime.timedelta(minutes=1))
    assert {path: (path.read_bytes(), path.stat().st_ino) for path in files} == before


def test_without_a_pinned_host_key_nothing_is_written(ensure, tmp_path):
    (tmp_path / "pinned").write_text(f"rack-antenna {GATEWAY_KEY}\n")
    with pytest.raises(NotTestableError, match="rack-login"):
        ensure("ada")
    assert not (tmp_path / "state").exists()
