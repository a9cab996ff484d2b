"""Confirming through a connection that did not exist before the change."""

import pytest

from millwright.antennas.gateway import confirmation
from millwright.antennas.gateway.confirmation import LIMIT_S, confirm_arguments, confirm_change
from millwright.antennas.gateway.guard import GUARD_S
from millwright.core.errors import FailedError


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Programs that do what the test says."""

    def put(**programs):
        for name, text in programs.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        monkeypatch.setattr(confirmation, "GUARD", str(tmp_path / "guard"))

    return put


def no_pause(_):
    """Ask again at once."""


def test_the_connection_is_a_new_one_to_a_known_host():
    arguments = confirm_arguments("sshd", ("-F", "/cfg", "gw"))
    for option in ("ControlMaster=no", "ControlPath=none", "StrictHostKeyChecking=yes", "BatchMode=yes"):
        assert option in arguments
    assert arguments[-4:-1] == ["-F", "/cfg", "gw"]


def test_who_gets_in_confirms(tools, tmp_path):
    tools(ssh=f'for word; do echo "$word"; done > {tmp_path}/called')
    confirm_change("sshd", ("-F", "/cfg", "gw"))
    words = (tmp_path / "called").read_text().splitlines()
    assert words == confirm_arguments("sshd", ("-F", "/cfg", "gw"))[1:]
    assert words[-2:] == ["gw", f"{tmp_path}/guard confirm sshd"]


def test_who_does_not_get_in_says_why(tools):
    tools(ssh="echo no way >&2; exit 255")
    with pytest.raises(FailedError, match="no login is possible after the change of sshd: no way"):
        confirm_change("sshd", ("gw",))


@pytest.mark.parametrize(("scan", "good"), [("echo '127.0.0.1 ssh-ed25519 AAAA'", True), ("exit 0", False)])
def test_on_the_host_itself_sshd_must_greet(tools, tmp_path, scan, good):
    tools(ssh_keyscan=scan, guard=f"touch {tmp_path}/confirmed")
    if good:
        confirm_change("sshd", (), pause=no_pause)
    else:
        with pytest.raises(FailedError, match="sshd does not greet"):
            confirm_change("sshd", (), pause=no_pause)
    assert (tmp_path / "confirmed").exists() is good


def test_an_sshd_that_starts_anew_at_this_moment_is_asked_again(tools, tmp_path):
    again = tmp_path / "asked"
    tools(
        ssh_keyscan=f"test -e {again} && echo '127.0.0.1 ssh-ed25519 AAAA'; touch {again}",
        guard=f"touch {tmp_path}/confirmed",
    )
    confirm_change("sshd", (), pause=no_pause)
    assert (tmp_path / "confirmed").exists()
    assert "ConnectionAttempts=5" in confirm_arguments("sshd", ("gw",))


def test_we_give_up_before_the_host_takes_the_change_back():
    assert LIMIT_S < GUARD_S
