"""Versions are compared as versions, and looking changes nothing."""

import pytest

from millwright.doctor.machine import find_wrong_packages, judge_openssh, look_at_machine


def test_requirements_of_the_installed_package_are_met_here():
    assert look_at_machine().wrong_packages == ()


@pytest.mark.parametrize(
    ("requirement", "name", "found"),
    [
        ("no-such-distribution>=1", "no-such-distribution", False),
        ("packaging<2", "packaging", True),
    ],
)
def test_a_package_that_is_missing_or_too_old_is_found(requirement, name, found):
    (wrong,) = find_wrong_packages([requirement, "packaging>=20"])
    assert wrong.name == name
    assert bool(wrong.found) is found


def test_extras_and_other_systems_are_left_out():
    requirements = ["no-such-tool; extra == 'dev'", "no-such-tool; sys_platform == 'none'"]
    assert list(find_wrong_packages(requirements)) == []


@pytest.mark.parametrize("printed", ["OpenSSH_8.2p1 Ubuntu", "OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.1", None])
def test_an_openssh_that_does(printed):
    assert judge_openssh(printed) is None


@pytest.mark.parametrize(("printed", "found"), [("OpenSSH_7.9p1", "7.9"), ("Sun_SSH_1.1", "Sun_SSH_1.1")])
def test_an_openssh_that_does_not(printed, found):
    wrong = judge_openssh(printed)
    assert (wrong.found, wrong.wanted) == (found, ">=8.2")


def test_this_machine_is_looked_at_afresh(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = {program.name for program in look_at_machine().absent}
    assert {"ssh", "nginx", "gcc"} <= absent
