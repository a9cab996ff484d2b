"""Faults of the way in: what users notice of a restart, a wrong clock and a replaced login node."""

import datetime
import time
from dataclasses import replace

import pytest
from rack_console import RELOAD_SSHD, Console
from rack_user import AtHome

from millwright.antennas.gateway.firewall import FILE
from millwright.antennas.proof.check import plan_check
from millwright.antennas.proof.clocks import prove_clocks
from millwright.antennas.proof.prove import prove_gateway, prove_tunnel
from millwright.antennas.ssh.certificate_signing import sign
from millwright.antennas.ssh.keys import ensure_key_pair
from millwright.antennas.trust.certificates import ensure_user_ca, new_certificate
from millwright.antennas.trust.host_ca import ensure_host_ca, host_certificate, host_names
from millwright.core.errors import NotTestableError
from millwright.core.places import state_folder
from millwright.core.verdict import Verdict

pytestmark = pytest.mark.rack

STATE = state_folder("rack")
ALIAS = "rack-coast"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
OFF = datetime.timedelta(minutes=10)
SLOW_DATE = '#!/bin/sh\nexec /usr/bin/date -d "10 minutes ago" "$@"\n'


@pytest.fixture(scope="module")
def ada(antennas, tmp_path_factory):
    """Ada at home, with access through the antenna ``coast``."""
    home = AtHome.settle(tmp_path_factory.mktemp("home"), "coast", "ada")
    assert home.at_factory("id -un") == "ada\n"
    return home


@pytest.fixture(scope="module")
def gateway(antennas):
    return Console(antennas, "rack-antenna")


@pytest.fixture(scope="module")
def login(antennas):
    return Console(antennas, "rack-login")


# A restart


def restart_everything(gateway):
    """End every program and start anew; the container keeps its files, and nothing else of what it knew."""
    count = "systemctl show --property=SoftRebootsCount --value"
    before = int(gateway.shell(count))
    gateway.shell("nft flush ruleset; systemctl soft-reboot")
    deadline = time.monotonic() + 90
    while True:
        shown = gateway.run("sh", "-c", f"{count} && systemctl is-system-running")
        words = shown.stdout.decode().split()
        if words[:1] == [str(before + 1)] and words[1:] in (["running"], ["degraded"]):
            return words[1]
        assert time.monotonic() < deadline, shown
        time.sleep(0.5)


def test_a_gateway_that_was_restarted_serves_again_by_itself(ada, gateway, shipped_rack):
    old = gateway.shell("wg show wg0 public-key; systemctl show -p ExecMainStartTimestampMonotonic ssh")
    assert restart_everything(gateway) == "running", gateway.shell("systemctl --failed")
    given = plan_check(shipped_rack, state=STATE, now=datetime.datetime.now(datetime.UTC))
    assert ada.at_factory("id -un") == "ada\n"
    for outcome, detail in (prove_tunnel(shipped_rack, "coast", given), prove_gateway(shipped_rack, "coast")):
        assert outcome is Verdict.PASS, detail
    assert gateway.shell("systemctl is-active ssh wg-quick@wg0 millwright-firewall").split() == ["active"] * 3
    new = gateway.shell("wg show wg0 public-key; systemctl show -p ExecMainStartTimestampMonotonic ssh")
    assert new.splitlines()[0] == old.splitlines()[0], (
        "the gateway has another key, so the factory knows it not"
    )
    assert new.splitlines()[1] != old.splitlines()[1], "sshd was not restarted"
    assert "policy drop" in gateway.shell(f"nft list table inet millwright; test -s {FILE}")


# A wrong clock


@pytest.fixture
def dated(ada, shipped_rack):
    """Give Ada a certificate with shifted dates: as one that is good now looks to a clock that is off."""
    held = ada.folder / ".ssh" / f"{ALIAS}-cert.pub"
    kept = held.read_bytes()

    def give(*, shift, age=datetime.timedelta()):
        made = new_certificate(shipped_rack, "coast", "ada", now=datetime.datetime.now(datetime.UTC) - age)
        shifted = replace(made, valid_after=made.valid_after + shift, valid_before=made.valid_before + shift)
        sign(ensure_user_ca(STATE), ada.folder / ".ssh" / f"{ALIAS}.pub", shifted, held)
        return ada.run("ssh", ALIAS, "id -un", check=False)

    yield give
    held.write_bytes(kept)


def refusals(gateway):
    return gateway.shell(
        "journalctl --since=-30s --unit=ssh --output=cat | grep -i 'certificate invalid' || true"
    )


def test_a_gateway_ten_minutes_behind_refuses_a_fresh_certificate(dated, gateway):
    done = dated(shift=OFF)
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr
    assert "Certificate invalid: not yet valid" in refusals(gateway)


def test_a_gateway_ten_minutes_ahead_ends_a_certificate_early(dated, gateway):
    fresh = dated(shift=-OFF)
    assert fresh.stdout == "ada\n", fresh.stderr
    old = dated(shift=-OFF, age=datetime.timedelta(minutes=6))  # of 15
    assert old.returncode == 255
    assert "Certificate invalid: expired" in refusals(gateway)


def test_the_check_tells_which_clock_is_off_and_what_that_does(ada, gateway, shipped_rack):
    outcome, detail = prove_clocks(shipped_rack, "coast")
    assert outcome is Verdict.PASS, detail
    try:
        gateway.put("/usr/local/bin/date", SLOW_DATE.encode())
        gateway.shell("chmod 755 /usr/local/bin/date")
        outcome, detail = prove_clocks(shipped_rack, "coast")
    finally:
        gateway.shell("rm -f /usr/local/bin/date")
    assert outcome is Verdict.FAIL
    assert detail.startswith(
        "rack-antenna's clock is 600 s behind: it refuses a fresh certificate for another 540 s"
    )


# A replaced login node


@pytest.fixture
def reinstalled(login, shipped_rack, tmp_path):
    """Give the login node a new host key, certified by the facility's host CA or by one of nobody's."""
    login.shell(f"cp -a {HOST_KEY} {HOST_KEY}.kept; cp -a {HOST_KEY}-cert.pub {HOST_KEY}.kept-cert")

    def install(ca):
        login.shell(f"rm {HOST_KEY} {HOST_KEY}-cert.pub; ssh-keygen -q -t ed25519 -N '' -C new -f {HOST_KEY}")
        public = tmp_path / "new.pub"
        public.write_bytes(login.take(f"{HOST_KEY}.pub"))
        if ca is not None:
            names = host_names(shipped_rack, "rack-login")
            wanted = host_certificate(shipped_rack, "rack-login", names, datetime.datetime.now(datetime.UTC))
            sign(ca, public, wanted, tmp_path / "cert.pub")
            login.put(f"{HOST_KEY}-cert.pub", (tmp_path / "cert.pub").read_bytes())
        login.shell(RELOAD_SSHD)

    yield install
    login.shell(f"mv {HOST_KEY}.kept {HOST_KEY}; mv {HOST_KEY}.kept-cert {HOST_KEY}-cert.pub")
    login.shell(f"ssh-keygen -y -f {HOST_KEY} | sed 's/$/ rack-login/' > {HOST_KEY}.pub; {RELOAD_SSHD}")


def test_nobody_notices_a_login_node_that_was_replaced(ada, reinstalled):
    reinstalled(ensure_host_ca(STATE))
    done = ada.run("ssh", ALIAS, "id -un")
    assert (done.stdout, done.stderr) == ("ada\n", "")


@pytest.mark.parametrize("certified", [True, False])
def test_a_login_node_of_no_ca_is_refused(ada, reinstalled, tmp_path, certified):
    reinstalled(ensure_key_pair(tmp_path, "foreign_ca", comment="another CA") if certified else None)
    done = ada.run("ssh", ALIAS, "id -un", check=False)
    assert (done.returncode, done.stdout) == (255, "")
    assert "Host key verification failed." in done.stderr


def test_the_rack_is_as_it_was(ada, shipped_rack):
    """What these tests changed is put back: the administrator's pinned keys and the user's way still hold."""
    try:
        assert prove_clocks(shipped_rack, "coast")[0] is Verdict.PASS
    except NotTestableError as error:
        pytest.fail(str(error))
    assert ada.at_factory("uname -n") == "rack-login\n"
