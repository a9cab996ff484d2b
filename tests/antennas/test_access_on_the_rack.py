"""The antenna for real: real sshd, WireGuard and Slurm; every proof passes, and fails when it should."""

import contextlib
import datetime
import subprocess

import pytest
from rack_console import RELOAD_SSHD

from millwright.antennas.gateway.sshd import DROP_IN, PRINCIPALS_FILE
from millwright.antennas.proof.check import check_antenna, plan_check
from millwright.antennas.proof.connections import connect_as_admin
from millwright.antennas.proof.proofs import exit_code_of
from millwright.antennas.proof.prove import prove_no_other_way, prove_no_shell, prove_tunnel
from millwright.antennas.proof.visitor import Visitor, run_on
from millwright.antennas.rollout.apply import RolloutContext, apply_antennas
from millwright.antennas.rollout.deployment import deploy_gateways
from millwright.antennas.rollout.factory_side import run_factory_play
from millwright.antennas.ssh.certificate_signing import sign
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.ssh.keys import ensure_key_pair, public_half
from millwright.antennas.trust.certificates import new_certificate
from millwright.antennas.user.files import ensure_user_access
from millwright.core.places import product_root, state_folder
from millwright.core.verdict import Verdict

pytestmark = pytest.mark.rack

FILE = product_root() / "inventories" / "rack" / "facility.yaml"
STATE = state_folder("rack")


def now():
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture(scope="module")
def apply(provisioned_rack, shipped_rack):
    """Apply the antenna ``coast``, and give what applies it again."""

    def play():
        return run_factory_play(FILE, shipped_rack, state=STATE, now=now())

    context = RolloutContext(FILE, STATE, product_root(), play, lambda _: None)
    apply_antennas(shipped_rack, ["coast"], context)
    return lambda: apply_antennas(shipped_rack, ["coast"], context)


@pytest.fixture
def access(apply, shipped_rack):
    return ensure_user_access(shipped_rack, "coast", "ada", state=STATE, now=now())


@pytest.fixture
def given(apply, shipped_rack):
    return plan_check(shipped_rack, state=STATE, now=now())


@pytest.fixture
def on_gateway(apply, shipped_rack):
    """Run a command on the gateway as its administrator."""

    def run(command):
        with connect_as_admin(resolve_target(shipped_rack, "rack-antenna")) as connection:
            result = run_on(connection)(command)
        assert result.exited == 0, result.stderr
        return result.stdout

    return run


@pytest.fixture
def spoiled(on_gateway, shipped_rack):
    """Change the gateway by hand; afterwards the deploy must find the change and put it right."""

    @contextlib.contextmanager
    def change(command):
        try:
            on_gateway(command)
            yield
        finally:
            connect_as_admin(resolve_target(shipped_rack, "rack-antenna")).close()  # waits out penalties
            repaired = deploy_gateways(FILE, root=product_root(), groups=["antenna_coast"])
        assert repaired.changed, "the deploy did not notice that the gateway was changed by hand"

    return change


def test_a_second_apply_changes_nothing(apply):
    applied = apply()
    assert (applied.gateways.changed, applied.factory_changes) == ((), 0)
    assert applied.gateways.unchanged == 32


def test_every_proof_passes(given, shipped_rack):
    proofs = list(check_antenna(shipped_rack, "coast", given))
    assert [str(proof) for proof in proofs if proof.outcome is not Verdict.PASS] == []
    assert exit_code_of(proofs) == 0
    assert len(proofs) == 10


def test_openssh_reaches_the_factory_with_the_users_configuration(access):
    config = STATE / "antennas" / "coast" / "ssh_config"
    done = subprocess.run(
        ["ssh", "-F", config, "factory", "id -un; uname -n"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["ada", "rack-login"]


def test_openssh_gets_no_shell_on_the_gateway(access):
    command = ["ssh", "-F", access.config, "-o", "SessionType=default", "gateway", "echo inside"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "inside" not in done.stdout


def test_a_certificate_of_another_ca_is_refused(access, shipped_rack, tmp_path):
    other = ensure_key_pair(tmp_path, "ca", comment="another CA")
    wanted = new_certificate(shipped_rack, "coast", "ada", now=now())
    sign(other, public_half(access.key), wanted, tmp_path / "cert.pub")
    with Visitor(access).at_gateway(tmp_path / "cert.pub") as (_, attempt):
        assert attempt.answer == "refused"


def test_a_certificate_for_another_user_does_not_open_this_account(access, shipped_rack, tmp_path):
    wanted = new_certificate(shipped_rack, "coast", "grace", now=now())
    sign(STATE / "ca" / "user_ca", public_half(access.key), wanted, tmp_path / "cert.pub")
    with Visitor(access).at_factory(tmp_path / "cert.pub") as (_, attempt):
        assert attempt.answer == "refused"


def test_the_check_fails_where_the_gateway_trusts_the_antenna_no_more(given, shipped_rack, spoiled):
    with spoiled(f"echo antenna-elsewhere > {PRINCIPALS_FILE}"):
        proofs = list(check_antenna(shipped_rack, "coast", given))
    outcomes = {proof.name: proof.outcome for proof in proofs}
    assert exit_code_of(proofs) == 1
    assert outcomes["login with certificate"] is Verdict.FAIL
    assert outcomes["expired certificate refused"] is Verdict.NOT_MEASURED, (
        "everyone is refused: no proof of expiry"
    )


def test_the_check_fails_where_the_gateway_gives_a_shell(access, spoiled):
    edit = f"sed -i -e '/MaxSessions/d' -e '/ForceCommand/d' {DROP_IN}"
    with spoiled(f"{edit} && usermod -s /bin/sh jump && {RELOAD_SSHD}"):
        outcome, detail = prove_no_shell(Visitor(access), "0123abcd")
    assert outcome is Verdict.FAIL, detail


def test_the_check_fails_where_the_gateway_leads_elsewhere(access, shipped_rack, spoiled):
    with spoiled(f"sed -i 's/PermitOpen .*/PermitOpen any/' {DROP_IN} && {RELOAD_SSHD}"):
        outcome, detail = prove_no_other_way(shipped_rack, Visitor(access), shipped_rack.services)
    assert outcome is Verdict.FAIL, detail
    assert "10.91.0.11:22" in detail


def test_a_tunnel_that_is_down_is_found_and_put_right(given, access, shipped_rack, spoiled):
    with spoiled("systemctl stop wg-quick@wg0"):
        assert prove_tunnel(shipped_rack, "coast", given)[0] is Verdict.FAIL
        with Visitor(access).at_factory(access.certificate) as (_, attempt):
            assert attempt.answer == "unreachable"


def test_a_dead_interface_under_a_living_service_is_put_right(spoiled, on_gateway):
    with spoiled("ip link delete wg0"):
        assert on_gateway("systemctl is-active wg-quick@wg0") == "active\n"
    assert "10.92.0.2" in on_gateway("ip -4 -o address show wg0")


def test_a_reload_keeps_the_key_and_the_tunnel(on_gateway):
    before = on_gateway("wg show wg0 public-key")
    on_gateway("systemctl reload wg-quick@wg0")
    assert on_gateway("wg show wg0 public-key") == before == on_gateway("wg pubkey < /etc/wireguard/wg0.key")


def test_the_private_key_is_nowhere_but_in_its_file(on_gateway):
    key = on_gateway("cat /etc/wireguard/wg0.key").strip()
    assert on_gateway("stat -c '%a %U' /etc/wireguard/wg0.key") == "600 root\n"
    assert key not in on_gateway(
        "cat /etc/wireguard/*.conf /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; true"
    )
    kept = [path for path in STATE.rglob("*") if path.is_file() and path.stat().st_size < 1_000_000]
    assert [path for path in kept if key.encode() in path.read_bytes()] == []
