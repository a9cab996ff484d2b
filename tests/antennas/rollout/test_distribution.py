"""In which order a change of trust is told, and what is said of those who did not hear it."""

import pytest

from millwright.antennas.rollout import distribution as module
from millwright.antennas.rollout.apply import RolloutContext
from millwright.antennas.rollout.deployment import Deployed
from millwright.antennas.rollout.distribution import distribute_trust
from millwright.core.errors import FailedError, NotTestableError


@pytest.fixture
def told(monkeypatch, tmp_path, shipped_rack):
    """Tell everyone; parties named in ``broken`` can't be reached. Gives the steps and the outcome."""

    def run(*broken, facility=shipped_rack):
        steps = []

        def play():
            steps.append("factory")
            if "factory" in broken:
                raise NotTestableError("no login node", code="MW9001")
            return 0

        def reach(_, name):
            if name in broken:
                raise NotTestableError(f"{name} is down", code="MW9001")

        def deploy(_file, *, root, groups, deploy):
            steps.extend([deploy, *groups])
            if "pyinfra" in broken:
                raise FailedError("pyinfra failed", code="MW9001")
            return Deployed(1, ())

        monkeypatch.setattr(module, "reach_gateway", reach)
        monkeypatch.setattr(module, "deploy_gateways", deploy)
        monkeypatch.setattr(module, "write_trust", lambda *_, **__: None)
        context = RolloutContext(tmp_path / "facility.yaml", tmp_path, tmp_path, play, lambda _: None)
        return steps, distribute_trust(facility, context)

    return run


def test_the_factory_is_told_first(told):
    steps, done = told()
    assert steps == ["factory", "trust.py", "antenna_coast", "antenna_hills"]
    assert done.reached == ("factory", "coast", "hills")
    assert done.unreached == {}


@pytest.mark.parametrize(
    ("broken", "reached"),
    [("factory", ("coast", "hills")), ("coast", ("factory", "hills")), ("pyinfra", ("factory",))],
)
def test_one_that_does_not_hear_it_keeps_it_from_nobody_else(told, broken, reached):
    _, done = told(broken)
    assert done.reached == reached
    assert set(done.unreached) == {"factory", "coast", "hills"} - set(reached)


@pytest.mark.parametrize("due", [{}, {"hills": "needs a bundle"}])
def test_one_that_takes_bundles_has_heard_it_when_its_result_says_so(told, monkeypatch, facility_with, due):
    monkeypatch.setattr(module, "find_due", lambda *_, **__: due)
    facility = facility_with(lambda data: data["antennas"]["hills"].update(reached_by="bundle"))
    steps, done = told("hills", facility=facility)
    assert steps == ["factory", "trust.py", "antenna_coast"]
    assert done.unreached == due
    assert ("hills" in done.reached) is (not due)


def test_the_revocation_list_and_the_trusted_keys_are_written_first(told, tmp_path):
    told("factory", "coast", "hills")
    assert (tmp_path / "trust" / "production.pub").exists()
    assert (tmp_path / "trust" / "revoked_keys").exists()
