"""Every missing thing keeps the commands that need it from being ready, and has a line that mends it."""

from dataclasses import replace

import pytest

from millwright.core.programs import Need, host_programs
from millwright.doctor.findings import COMMANDS, TESTS, diagnose
from millwright.doctor.machine import WrongVersion
from millwright.doctor.site import HostReach, Site

SITE = Site("site", False, False, True, ("gw1",), (HostReach("n1"), HostReach("n2"), HostReach("gw1")))
FLEET = {"plan, apply, drift, maintain", "nodes, accounts, munge"}


def programs(*names):
    found = tuple(program for program in host_programs(with_optional=True) if program.name in names)
    assert len(found) == len(names)
    return found


def unready(diagnosis):
    return {state.command for state in diagnosis.commands if not state.is_ready}


def test_a_machine_with_everything_is_ready(machine):
    found = diagnose(machine)
    assert found.is_complete
    assert found.findings == ()
    assert {state.command for state in found.commands} == set(COMMANDS)


def test_every_need_of_the_table_but_set_up_belongs_to_a_command(machine):
    assert {need for needs in COMMANDS.values() for need in needs} == set(Need)


def test_a_missing_program_stops_the_commands_that_need_it_and_no_others(machine):
    found = diagnose(replace(machine, absent=programs("ssh-keyscan")))
    assert unready(found) == {"antenna", "antenna schedule"}
    (finding,) = found.findings
    assert finding.mend == "apt-get install --no-install-recommends openssh-client"


def test_without_root_the_line_goes_through_sudo(machine):
    found = diagnose(replace(machine, is_root=False, absent=programs("ssh-keyscan")))
    assert found.findings[0].mend.startswith("sudo apt-get install")


def test_what_rack_up_and_make_test_install_by_themselves_stops_nothing(machine):
    found = diagnose(replace(machine, absent=programs("nginx", "nft")))
    assert found.is_complete
    assert {finding.subject for finding in found.findings} == {"nginx", "nft"}
    assert all(finding.is_optional for finding in found.findings)


def test_it_stops_them_where_they_may_not_install_anything(machine):
    found = diagnose(replace(machine, is_root=False, can_install=False, absent=programs("nginx", "nft")))
    assert unready(found) == {"rack", TESTS}


def test_a_program_that_images_need_too_is_missing_for_them(machine):
    found = diagnose(replace(machine, absent=programs("mmdebstrap")))
    assert unready(found) == {"image"}
    assert {finding.is_optional for finding in found.findings} == {True, False}


def test_an_optional_program_is_named_and_stops_nothing(machine):
    found = diagnose(replace(machine, absent=programs("mksquashfs", "chromium", "sudo")))
    assert found.is_complete
    assert {finding.subject for finding in found.findings} == {"mksquashfs", "chromium"}, "root needs no sudo"


def test_a_header_is_called_by_its_name(machine):
    found = diagnose(replace(machine, absent=programs("/usr/include/**/cblas*.h")))
    assert unready(found) == {"run workstation"}
    assert found.findings[0].subject == "cblas.h"
    assert found.findings[0].mend.endswith("libopenblas-dev")


@pytest.mark.parametrize(
    ("lack", "mend"),
    [
        ("root or passwordless sudo", "sudo"),
        ("a mounted cgroup v2 hierarchy", "mount -t cgroup2"),
        ("/dev/net/tun (kernel module tun)", "modprobe tun"),
        ("3000 MiB of free disk space in /x (12 MiB are free)", "free some disk space"),
        ("Linux (this is Darwin)", "Debian"),
    ],
)
def test_what_the_rack_lacks_of_this_machine_has_a_line(machine, lack, mend):
    found = diagnose(replace(machine, rack_lacks=(lack,)))
    assert unready(found) == {"rack"}
    assert mend in found.findings[0].mend


def test_programs_of_the_rack_are_not_listed_twice(machine):
    lack = "nginx (packages nginx)"
    found = diagnose(replace(machine, can_install=False, rack_lacks=(lack,), absent=programs("nginx")))
    assert [finding.subject for finding in found.findings] == ["nginx"]


def test_wrong_python_packages_stop_everything(machine):
    wrong = (WrongVersion("pyinfra", "3.1", ">=3.10"), WrongVersion("fabric", "", ">=3.2"))
    found = diagnose(replace(machine, wrong_packages=wrong))
    assert unready(found) == set(COMMANDS)
    assert found.findings[0].detail == "pyinfra is 3.1, not >=3.10, fabric is missing, not >=3.2"
    assert found.findings[0].mend == "make setup"
    installed = diagnose(replace(machine, wrong_packages=wrong, is_checkout=False))
    assert installed.findings[0].mend == "pip install --upgrade millwright"


def test_without_a_checkout_there_are_no_tests(machine):
    assert TESTS not in {state.command for state in diagnose(replace(machine, is_checkout=False)).commands}


def test_a_site_shows_its_own_commands_only(machine):
    found = diagnose(machine, SITE)
    assert found.hosts == 3
    assert "rack" not in {state.command for state in found.commands}
    bare = diagnose(machine, replace(SITE, has_antennas=False, runs_here=True, hosts=()))
    assert {state.command for state in bare.commands} == {
        "facility check",
        "run workstation",
        "report",
        "results",
    }


def test_hosts_with_the_same_reason_are_one_finding(machine):
    hosts = tuple(HostReach(f"n{i}", "No route to host", "ssh n1") for i in (1, 2, 3))
    found = diagnose(machine, replace(SITE, hosts=hosts))
    (finding,) = found.findings
    assert finding.subject == "n[1-3]"
    assert finding.detail == "No route to host"
    assert unready(found) >= FLEET


def test_a_gateway_that_does_not_answer_leaves_the_fleet_alone(machine):
    found = diagnose(
        machine, replace(SITE, hosts=(HostReach("n1"), HostReach("gw1", "timed out", "ssh gw1")))
    )
    assert unready(found) == {"antenna", "antenna schedule", "run"}
