"""One sentence that names everything missing."""

from dataclasses import replace
from pathlib import Path

import pytest

from millwright.core.errors import NotTestableError
from millwright.rack.requirements import Host, look, missing_packages, require, what_is_missing

GOOD = Host(
    system="Linux",
    privileged=True,
    missing_programs=(),
    has_keyring=True,
    has_cgroup2=True,
    has_tun=True,
    has_apt=True,
    cache=Path("/home/ada/.cache/millwright"),
    free_mib=3000,
    needed_mib=3000,
)


def test_a_machine_with_everything_lacks_nothing():
    assert what_is_missing(GOOD, needs_tun=True) == ()
    require(())


def test_everything_missing_is_named_at_once():
    poor = Host("Linux", False, ("mmdebstrap", "nginx"), False, False, False, False, Path("/full"), 12, 300)
    with pytest.raises(NotTestableError) as refused:
        require(what_is_missing(poor, needs_tun=True))
    text = str(refused.value)
    for word in (
        "root",
        "sudo",
        "mmdebstrap",
        "nginx",
        "debian-archive-keyring",
        "cgroup v2",
        "/dev/net/tun",
        "12 MiB",
    ):
        assert word in text
    assert "\n" not in text
    assert refused.value.exit_code == 3


def test_on_another_system_nothing_else_matters():
    mac = replace(GOOD, system="Darwin", missing_programs=("ip", "nginx"), has_cgroup2=False)
    assert what_is_missing(mac, needs_tun=True) == ("Linux (this is Darwin)",)


def test_what_apt_can_bring_is_not_missing_on_debian():
    bare = replace(GOOD, missing_programs=("mmdebstrap", "systemd-nspawn", "nginx"), has_keyring=False)
    assert what_is_missing(bare, needs_tun=True) == ()
    assert missing_packages(bare) == ("debian-archive-keyring", "mmdebstrap", "nginx", "systemd-container")


@pytest.mark.parametrize("change", [{"has_apt": False}, {"privileged": False}])
def test_it_is_missing_where_we_can_not_install_it(change):
    bare = replace(GOOD, missing_programs=("nginx",), **change)
    assert any("nginx" in item for item in what_is_missing(bare, needs_tun=False))


def test_two_programs_of_one_package_are_installed_once():
    assert missing_packages(replace(GOOD, missing_programs=("nsenter", "taskset", "unshare"))) == (
        "util-linux",
    )


def test_a_tunnel_device_is_needed_by_antennas_only():
    assert what_is_missing(replace(GOOD, has_tun=False), needs_tun=False) == ()
    assert len(what_is_missing(replace(GOOD, has_tun=False), needs_tun=True)) == 1


def test_this_machine_is_looked_at_afresh(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look(tmp_path / "not" / "yet" / "there").free_mib > 0
    assert "nsenter" in look(tmp_path).missing_programs or look(tmp_path).system != "Linux"
