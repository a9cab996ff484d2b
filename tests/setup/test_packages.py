"""What the tests need is installed before they run, or named with the line that brings it."""

import pytest

from millwright.core.errors import FailedError
from millwright.core.programs import Need, Program, Side

NFT = Program("nft", Side.HOST, "nftables", None, (Need.TESTS,))


@pytest.fixture
def packages(load_setup, monkeypatch):
    """The program on a machine that lacks nft, and what it would install."""
    module = load_setup("packages")
    module.installed = []
    monkeypatch.setattr(module, "find_absent", lambda *_: (NFT,))
    monkeypatch.setattr(module, "find_program", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module, "_can_be_root", lambda: True)
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    monkeypatch.setattr(module, "install", lambda names, _: module.installed.extend(names))
    return module


def test_what_is_missing_is_installed(packages, capsys):
    assert packages.install_missing([Need.TESTS], if_possible=False) == 0
    assert packages.installed == ["nftables"]
    assert "Installing nftables" in capsys.readouterr().err


def test_nothing_is_done_or_said_if_nothing_is_missing(packages, monkeypatch, capsys):
    monkeypatch.setattr(packages, "find_absent", lambda *_: ())
    assert packages.install_missing([Need.TESTS], if_possible=False) == 0
    assert packages.installed == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("if_possible", "code"), [(True, 0), (False, 3)])
def test_without_rights_the_line_that_mends_it_is_printed(packages, monkeypatch, capsys, if_possible, code):
    monkeypatch.setattr(packages, "_can_be_root", lambda: False)
    assert packages.install_missing([Need.TESTS], if_possible=if_possible) == code
    assert packages.installed == []
    assert "apt-get install --no-install-recommends nftables" in capsys.readouterr().err


def test_a_failure_of_apt_is_shown_with_the_line(packages, monkeypatch, capsys):
    def fail(*_):
        raise FailedError("apt-get failed:\nno space left", code="MW9001")

    monkeypatch.setattr(packages, "install", fail)
    assert packages.install_missing([Need.TESTS], if_possible=False) == 3
    printed = capsys.readouterr().err
    assert "no space left" in printed
    assert "apt-get install" in printed
