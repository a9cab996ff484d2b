"""The guard, run as it is, with programs that do what the test says: nothing that locks us out stays."""

import os
import subprocess

import pytest

from millwright.antennas.gateway.guard import GUARD_PENDING, GUARD_SOURCE, GUARD_UNIT_SOURCE

TOOLS = {
    "sshd": "exit 0",
    "nft": "exit 0",
    "systemctl": 'echo "$@" >> "$LOG"',
    "systemd-run": 'echo "clock $@" >> "$LOG"',
    "logger": "exit 0",
}


NEW = {"pam": "account required pam_unix.so\n"}
"""What its judge takes, where it has one of its own."""


@pytest.fixture
def host(tmp_path):
    """A host with one file under guard; ``tools`` replaces what its programs do."""
    (tmp_path / "bin").mkdir()

    class Host:
        file = tmp_path / "10-antenna.conf"
        pending = tmp_path / "pending"
        log = tmp_path / "log"

        def guard(self, *arguments, **tools):
            for name, text in {
                **TOOLS,
                **{key.replace("_", "-"): text for key, text in tools.items()},
            }.items():
                path = tmp_path / "bin" / name
                path.write_text(f"#!/bin/sh\n{text}\n")
                path.chmod(0o755)
            environment = {
                "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
                "GUARD_PENDING": str(self.pending),
                "LOG": str(self.log),
            }
            return subprocess.run(
                [GUARD_SOURCE, *arguments], env=environment, check=False, capture_output=True, text=True
            )

        def try_new(self, kind="sshd", **tools):
            self.file.with_name(f"{self.file.name}.new").write_text(NEW.get(kind, "new"))
            return self.guard("try", kind, self.file, "60", **tools)

        @property
        def said(self):
            return self.log.read_text() if self.log.exists() else ""

    return Host()


def test_an_accepted_change_counts_at_once_and_the_clock_runs(host):
    host.file.write_text("old")
    assert host.try_new().returncode == 0
    assert host.file.read_text() == "new"
    assert "--on-active=60" in host.said
    assert host.said.index("clock") < host.said.index("reload ssh.service")


def test_a_confirmed_change_stays(host):
    host.file.write_text("old")
    host.try_new()
    assert host.guard("confirm", "sshd").returncode == 0
    assert "stop millwright-guard-sshd.timer" in host.said
    assert host.guard("restore").returncode == 0
    assert host.file.read_text() == "new"


@pytest.mark.parametrize("old", ["old", None])
@pytest.mark.parametrize("kind", ["sshd", "nftables", "pam"])
def test_an_unconfirmed_change_is_taken_back(host, old, kind):
    if old:
        host.file.write_text(old)
    host.try_new(kind)
    assert host.guard("restore", kind).returncode == 0
    assert (host.file.read_text() if host.file.exists() else None) == old
    assert host.guard("confirm", kind).returncode == 1


def test_a_file_that_its_program_refuses_never_replaces_the_old_one(host):
    host.file.write_text("old")
    assert host.try_new(sshd="exit 255").returncode == 255
    assert host.file.read_text() == "old"
    assert host.said == ""


@pytest.mark.parametrize("old", ["old", None])
def test_the_old_file_comes_back_if_all_files_together_are_refused(host, old):
    if old:
        host.file.write_text(old)
    assert host.try_new(sshd='[ "$2" = -f ]').returncode == 1
    assert (host.file.read_text() if host.file.exists() else None) == old
    assert host.guard("confirm", "sshd").returncode == 1


def test_without_a_clock_nothing_changes(host):
    host.file.write_text("old")
    assert host.try_new(systemd_run="exit 1").returncode != 0
    assert host.file.read_text() == "old"


def test_a_second_try_begins_from_the_last_confirmed_state(host):
    """Somebody's apply was killed; what it left must not become what a restore brings back."""
    host.file.write_text("old")
    host.try_new()
    host.try_new()
    host.guard("restore")
    assert host.file.read_text() == "old"


def test_a_missing_packet_filter_opens_what_it_closed(host):
    host.try_new("nftables")
    host.guard("restore", nft='echo "nft $@" >> "$LOG"')
    assert "nft delete table inet millwright" in host.said


def test_rules_of_pam_without_any_for_accounts_are_refused(host):
    """libpam would let nobody in; it has no program that says so beforehand."""
    host.file.write_text("old")
    host.file.with_name(f"{host.file.name}.new").write_text("# nothing\n")
    assert host.guard("try", "pam", host.file, "60").returncode != 0
    assert host.file.read_text() == "old"


@pytest.mark.parametrize(("running", "reloaded"), [("ssh", True), ("sshd", True), ("cron", False)])
def test_sshd_is_reloaded_by_the_name_that_the_system_gives_it(host, running, reloaded):
    systemctl = f'echo "$@" >> "$LOG"; case $1 in is-active) [ "$3" = {running}.service ] ;; esac'
    assert host.try_new(systemctl=systemctl).returncode == 0
    assert (f"reload {running}.service" in host.said) is reloaded
    assert host.said.count("reload ") == reloaded


def test_the_unit_looks_where_the_guard_keeps_what_waits():
    assert f"ConditionDirectoryNotEmpty={GUARD_PENDING}\n" in GUARD_UNIT_SOURCE.read_text()
    assert f"{{GUARD_PENDING:-{GUARD_PENDING}}}" in GUARD_SOURCE.read_text().replace("$", "")


@pytest.mark.parametrize("arguments", [("try", "passwd", "/etc/passwd", "60"), ("open", "sshd"), ()])
def test_nothing_else_is_done(host, arguments):
    assert host.guard(*arguments).returncode != 0
