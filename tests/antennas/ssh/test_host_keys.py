"""What OpenSSH's client configuration says of a host, and the host keys that are pinned for it."""

import subprocess

import pytest

from millwright.antennas.ssh.host_keys import parse_target, pinned_keys, resolve_target
from millwright.core.errors import NotTestableError

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHe5fZ0tSc1RmMREFgRZNQljlS0SQHR2hANXl+UQjUCu"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAPtOh2eJT5VmNR7zziSZzao+eE6VemrVEIuWDSYUJRm"


@pytest.fixture
def resolve(tmp_path, facility_with):
    """Resolve the gateway with an OpenSSH configuration and a known_hosts file."""

    def call(config, known_hosts=""):
        (tmp_path / "known_hosts").write_text(known_hosts)
        (tmp_path / "ssh_config").write_text(config.replace("KNOWN", str(tmp_path / "known_hosts")))
        path = str(tmp_path / "ssh_config")
        return resolve_target(facility_with(lambda data: data["ssh"].update(config=path)), "rack-antenna")

    return call


def test_openssh_itself_says_how_a_host_is_reached(resolve):
    target = resolve("Host rack-antenna\n HostName 192.0.2.7\n Port 2222\n User admin\n IdentitiesOnly yes\n")
    assert (target.address, target.port, target.user) == ("192.0.2.7", 2222, "admin")
    assert target.names_in_known_hosts == ("[192.0.2.7]:2222", "[rack-antenna]:2222")
    assert target.identities_only


def test_the_facilitys_address_is_used_where_the_configuration_names_none(resolve):
    assert resolve("Host *\n UserKnownHostsFile KNOWN\n").address == "10.91.0.41"


@pytest.mark.parametrize("name", ["10.91.0.41", "rack-antenna", "rack-antenna,10.91.0.41"])
def test_a_pinned_key_is_found_by_name_or_address(resolve, name):
    target = resolve("Host *\n UserKnownHostsFile KNOWN\n", f"{name} {KEY}\nrack-login {OTHER}\n")
    assert pinned_keys(target) == (KEY,)


def test_a_pinned_key_is_found_in_a_hashed_file(resolve, tmp_path):
    target = resolve("Host *\n UserKnownHostsFile KNOWN\n", f"rack-antenna {KEY}\n")
    subprocess.run(
        ["ssh-keygen", "-q", "-H", "-f", tmp_path / "known_hosts"], check=True, capture_output=True
    )
    assert "rack-antenna" not in (tmp_path / "known_hosts").read_text()
    assert pinned_keys(target) == (KEY,)


def test_a_host_key_alias_counts(resolve):
    target = resolve("Host *\n UserKnownHostsFile KNOWN\n HostKeyAlias gate\n", f"gate {KEY}\n")
    assert pinned_keys(target) == (KEY,)


def test_a_folder_with_a_space_stays_one_file(tmp_path):
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "known_hosts").write_text(f"rack-antenna {KEY}\n")
    text = f"hostname rack-antenna\nport 22\nuser root\nuserknownhostsfile {folder / 'known_hosts'}\n"
    assert pinned_keys(parse_target(text, "rack-antenna", "10.91.0.41")) == (KEY,)


@pytest.mark.parametrize(
    "known_hosts", ["", f"rack-login {KEY}\n", f"@cert-authority rack-antenna {KEY}\n", "x\n"]
)
def test_a_host_without_a_pinned_key_is_not_asked(resolve, known_hosts):
    target = resolve("Host *\n UserKnownHostsFile KNOWN\n", known_hosts)
    with pytest.raises(NotTestableError, match="no host key is pinned"):
        pinned_keys(target)


def test_a_revoked_key_is_not_taken_for_a_pinned_one(resolve):
    target = resolve(
        "Host *\n UserKnownHostsFile KNOWN\n", f"@revoked rack-antenna {OTHER}\nrack-antenna {KEY}\n"
    )
    assert pinned_keys(target) == (KEY,)


def test_a_missing_configuration_says_so(facility_with, tmp_path):
    facility = facility_with(lambda data: data["ssh"].update(config=str(tmp_path / "nowhere")))
    with pytest.raises(NotTestableError, match="nowhere is missing"):
        resolve_target(facility, "rack-antenna")
