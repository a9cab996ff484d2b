"""The order in which an antenna gets its access, without any host."""

from contextlib import nullcontext

import pytest

from millwright.antennas.rollout import apply as module
from millwright.antennas.rollout.apply import (
    RolloutContext,
    apply_antennas,
    chosen_antennas,
    wait_for_handshake,
)
from millwright.antennas.rollout.deployment import Deployed
from millwright.antennas.trust.certificates import ensure_user_ca
from millwright.core.errors import BadInputError, FailedError, NotTestableError

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NEW_KEY = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture
def steps(monkeypatch):
    """Every effect, recorded instead of made."""
    made = []

    def deploy(facility_file, *, root, groups):
        made.append(f"pyinfra {' '.join(groups)}")
        return Deployed(15, (f"gateway: step {len(made)}",))

    monkeypatch.setattr(module, "write_trust", lambda *_, state, **__: ensure_user_ca(state))
    monkeypatch.setattr(module, "reach_gateway", lambda _, name: made.append(f"reach {name}"))
    monkeypatch.setattr(module, "deploy_gateways", deploy)
    monkeypatch.setattr(
        module, "wait_for_handshake", lambda _, name, key: made.append(f"wait {name} {key[:4]}")
    )
    return made


@pytest.fixture
def context(tmp_path, steps):
    def make(keys):
        """``keys``: what the factory's play publishes, run by run."""
        left = list(keys)

        def play():
            steps.append("play")
            (tmp_path / "wireguard").mkdir(exist_ok=True)
            (tmp_path / "wireguard" / "factory.pub").write_text(left.pop(0) + "\n")
            return 2

        return RolloutContext(tmp_path / "facility.yaml", tmp_path, tmp_path, play, lambda _: None)

    return make


def test_the_factory_makes_its_key_before_the_gateway_needs_it(shipped_rack, context, steps, tmp_path):
    applied = apply_antennas(shipped_rack, ["coast"], context([KEY, KEY]))
    assert applied.factory_changes == 4
    assert steps == ["reach coast", "play", "pyinfra antenna_coast", "play", "wait coast AAEC"]
    assert (tmp_path / "ca" / "user_ca").exists()


def test_a_factory_with_a_key_is_asked_once(shipped_rack, context, steps, tmp_path):
    (tmp_path / "wireguard").mkdir()
    (tmp_path / "wireguard" / "factory.pub").write_text(KEY + "\n")
    apply_antennas(shipped_rack, ["coast"], context([KEY]))
    assert steps == ["reach coast", "pyinfra antenna_coast", "play", "wait coast AAEC"]


def test_a_factory_that_was_built_anew_is_told_to_the_gateway(shipped_rack, context, steps, tmp_path):
    (tmp_path / "wireguard").mkdir()
    (tmp_path / "wireguard" / "factory.pub").write_text(KEY + "\n")
    applied = apply_antennas(shipped_rack, ["coast"], context([NEW_KEY]))
    assert applied.gateways == Deployed(30, ("gateway: step 2", "gateway: step 4"))
    assert steps[1:] == ["pyinfra antenna_coast", "play", "pyinfra antenna_coast", "wait coast HwEC"]


def test_an_unreachable_gateway_stops_before_anything_changes(
    shipped_rack, context, steps, monkeypatch, tmp_path
):
    def fail(facility, name):
        raise NotTestableError("down", code="MW9001")

    monkeypatch.setattr(module, "reach_gateway", fail)
    with pytest.raises(NotTestableError):
        apply_antennas(shipped_rack, ["coast"], context([]))
    assert steps == []
    assert not (tmp_path / "ca").exists()


def test_a_gateway_that_is_down_keeps_no_other_waiting(shipped_rack, context, steps, monkeypatch, tmp_path):
    def reach(facility, name):
        if name == "coast":
            raise NotTestableError("coast is down", code="MW9001")

    monkeypatch.setattr(module, "reach_gateway", reach)
    applied = apply_antennas(shipped_rack, ["coast", "hills"], context([KEY, KEY]))
    assert steps == ["play", "pyinfra antenna_hills", "play", "wait hills AAEC"]
    assert applied.unreached == {"coast": "coast is down"}


@pytest.fixture
def coast_takes_bundles(facility_with, monkeypatch):
    monkeypatch.setattr(
        module, "find_due", lambda _, names, **__: {"coast": "due"} if "coast" in names else {}
    )
    return facility_with(lambda data: data["antennas"]["coast"].update(reached_by="bundle"))


def test_a_gateway_that_takes_bundles_is_not_tried(coast_takes_bundles, context, steps):
    applied = apply_antennas(coast_takes_bundles, ["coast", "hills"], context([KEY, KEY]))
    assert steps == ["reach hills", "play", "pyinfra antenna_hills", "play", "wait hills AAEC"]
    assert (applied.due, applied.unreached) == ({"coast": "due"}, {})


def test_where_every_gateway_takes_bundles_the_factory_follows(coast_takes_bundles, context, steps):
    applied = apply_antennas(coast_takes_bundles, ["coast"], context([KEY, KEY]))
    assert steps == ["play", "play"]
    assert (applied.gateways, applied.due) == (Deployed(0, ()), {"coast": "due"})


def test_a_gateway_that_breaks_leaves_the_others_their_tunnels(shipped_rack, context, steps, monkeypatch):
    def deploy(facility_file, *, root, groups):
        raise FailedError("pyinfra failed: something on rack-antenna", code="MW9001")

    monkeypatch.setattr(module, "deploy_gateways", deploy)
    with pytest.raises(FailedError, match="something on rack-antenna"):
        apply_antennas(shipped_rack, ["coast", "hills"], context([KEY, KEY]))
    assert sorted(steps[3:5]) == ["reach coast", "reach hills"], "whether they are still there is asked"
    assert steps[2] == steps[5] == "play"
    assert sorted(steps[6:]) == ["wait coast AAEC", "wait hills AAEC"]


@pytest.mark.parametrize(("ages", "ends"), [([0, 0, 990], True), ([990], True), ([0], False), ([500], False)])
def test_a_handshake_is_waited_for_and_its_absence_is_a_failure(shipped_rack, monkeypatch, ages, ends):
    clock, left = [0.0], list(ages)

    def ask(command):
        age = left.pop(0) if len(left) > 1 else left[0]
        return type("Output", (), {"stdout": f"now 1000\n{KEY}\t{age}\n"})

    monkeypatch.setattr(module, "resolve_target", lambda _, host: host)
    monkeypatch.setattr(module, "connect_as_admin", nullcontext)
    monkeypatch.setattr(module, "run_on", lambda _: ask)

    def sleep(seconds):
        clock[0] += seconds

    with nullcontext() if ends else pytest.raises(FailedError, match="no handshake within 45 s"):
        wait_for_handshake(shipped_rack, "coast", KEY, clock=lambda: clock[0], sleep=sleep)


def test_unknown_antennas_and_facilities_without_any_are_refused(shipped_rack, facility_with):
    assert chosen_antennas(shipped_rack, None) == ("coast", "hills")
    with pytest.raises(BadInputError, match="unknown antenna 'hill', expected one of coast, hills"):
        chosen_antennas(shipped_rack, "hill")
    with pytest.raises(BadInputError, match="there is none"):
        chosen_antennas(facility_with(_without_antennas), None)


def _without_antennas(data):
    for antenna in data.pop("antennas").values():
        del data["addresses"][antenna["gateway"]]
